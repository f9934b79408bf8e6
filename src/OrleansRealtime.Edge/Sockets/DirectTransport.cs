using System.Runtime.InteropServices;
using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>The sending side of a socket as a connection's carrier: whoever writes gives the bytes to the kernel at once.</summary>
/// <remarks>
/// Safe for concurrent use. The lock is held for one system call that does not wait. It also keeps the descriptor: nobody sends
/// to it once it is closed, when it may be somebody else's.
/// </remarks>
internal sealed class DirectTransport(int socket, FrameFormat format) : ITransport
{
    private readonly Lock _lock = new();
    private SocketWrite? _write;
    private bool _isOver;
    private bool _isClosed;

    /// <inheritdoc/>
    public TransportKind Kind => TransportKind.WebSocket;

    /// <inheritdoc/>
    public FrameFormat Format => format;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return ValueTask.CompletedTask;
            }

            // When the socket takes more, the loop tells of it after this lock is free, and finds what is left.
            var rest = SendLocked(bytes);
            return rest.IsEmpty ? ValueTask.CompletedTask : (_write ??= new SocketWrite()).Begin(rest);
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        lock (_lock)
        {
            _isOver = true;
            ShutdownLocked(Libc.ShutdownBoth);
        }
    }

    /// <inheritdoc/>
    public void CompleteWrites()
    {
        lock (_lock)
        {
            ShutdownLocked(Libc.ShutdownWrites);
        }
    }

    /// <summary>The socket takes more: goes on with what is left of a write.</summary>
    public void OnWritable()
    {
        SocketWrite write;
        Exception? failure = null;
        lock (_lock)
        {
            if (_write is not { IsPending: true })
            {
                return;
            }

            write = _write;
            try
            {
                write.Rest = _isOver ? default : SendLocked(write.Rest);
            }
            catch (IOException exception)
            {
                failure = exception;
            }

            if ((failure is null && !write.Rest.IsEmpty) || !write.TryEnd())
            {
                return;
            }
        }

        write.Complete(failure);
    }

    /// <summary>Closes the descriptor; a write that waits fails.</summary>
    public void Close()
    {
        bool isWaiting;
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            (_isOver, _isClosed) = (true, true);
            _ = Libc.Close(socket);
            isWaiting = _write?.TryEnd() ?? false;
        }

        if (isWaiting)
        {
            _write!.Complete(new IOException("The peer is gone."));
        }
    }

    private ReadOnlyMemory<byte> SendLocked(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var sent = Libc.Send(socket, bytes.Span);
            if (sent >= 0)
            {
                bytes = bytes[sent..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == Libc.Again)
            {
                break;
            }

            if (error != Libc.Interrupted)
            {
                throw new IOException($"The peer is gone: error {error}.");
            }
        }

        return bytes;
    }

    private void ShutdownLocked(int how)
    {
        if (!_isClosed)
        {
            _ = Libc.Shutdown(socket, how);
        }
    }
}
