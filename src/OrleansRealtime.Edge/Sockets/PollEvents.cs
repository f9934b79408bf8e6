using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>The layout of <c>struct epoll_event</c>: packed on x64, aligned elsewhere (epoll_ctl(2)).</summary>
internal static class PollEvents
{
    private static readonly int KeyOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>How many bytes one takes.</summary>
    public static readonly int Size = KeyOffset + 8;

    /// <summary>Writes one.</summary>
    public static void Write(Span<byte> target, uint events, ulong key)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, events);
        BinaryPrimitives.WriteUInt64LittleEndian(target[KeyOffset..], key);
    }

    /// <summary>Reads one.</summary>
    public static (uint Events, ulong Key) Read(ReadOnlySpan<byte> source) =>
        (BinaryPrimitives.ReadUInt32LittleEndian(source), BinaryPrimitives.ReadUInt64LittleEndian(source[KeyOffset..]));
}
