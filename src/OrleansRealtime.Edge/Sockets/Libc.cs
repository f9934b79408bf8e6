using System.Runtime.InteropServices;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>The calls of Linux that the event loops need, as they are documented in section 2 of its manual.</summary>
internal static unsafe partial class Libc
{
    public const int Again = 11;
    public const int Interrupted = 4;
    public const int ConnectionAborted = 103;

    public const uint ReadReady = 0x001;
    public const uint WriteReady = 0x004;
    public const uint Failed = 0x008;
    public const uint HungUp = 0x010;
    public const uint PeerClosed = 0x2000;
    public const uint EdgeTriggered = 1u << 31;

    public const int ControlAdd = 1;
    public const int ControlDelete = 2;

    public const int MessagePeek = 0x02;
    public const int MessageDontWait = 0x40;
    public const int MessageNoSignal = 0x4000;

    public const int ShutdownWrites = 1;
    public const int ShutdownBoth = 2;

    private const string Library = "libc";
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    /// <summary>An epoll descriptor, or -1.</summary>
    public static int CreatePoll() => EpollCreate(CloseOnExec);

    /// <summary>A descriptor to wake a loop with, or -1.</summary>
    public static int CreateWake() => EventFd(0, CloseOnExec | NonBlocking);

    /// <summary>The next connection of a listening socket, not blocking, or -1.</summary>
    public static int Accept(int listener, Span<byte> address, out int addressLength)
    {
        var length = (uint)address.Length;
        int accepted;
        fixed (byte* pointer = address)
        {
            accepted = Accept4(listener, pointer, &length, CloseOnExec | NonBlocking);
        }

        addressLength = (int)length;
        return accepted;
    }

    /// <summary>Receives what is there; 0 at the end of the stream, -1 and an error code otherwise.</summary>
    public static int Receive(int socket, Span<byte> into, int flags = 0)
    {
        fixed (byte* pointer = into)
        {
            return (int)Recv(socket, pointer, (nuint)into.Length, flags | MessageDontWait);
        }
    }

    /// <summary>Sends as much as the kernel takes now; -1 and an error code otherwise.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            return (int)Send(socket, pointer, (nuint)bytes.Length, MessageDontWait | MessageNoSignal);
        }
    }

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int Control(int poll, int operation, int descriptor, byte* interest);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int Wait(int poll, byte* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "shutdown")]
    public static partial int Shutdown(int socket, int how);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "write")]
    public static partial nint Write(int descriptor, ulong* value, nuint length);

    [LibraryImport(Library, EntryPoint = "read")]
    public static partial nint Read(int descriptor, ulong* value, nuint length);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint value, int flags);

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    private static partial int Accept4(int listener, byte* address, uint* addressLength, int flags);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(int socket, byte* into, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, byte* bytes, nuint length, int flags);
}
