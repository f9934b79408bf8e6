using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>A WebSocket as a connection's carrier: finished frames go to the upgraded stream as they are.</summary>
internal sealed class WebSocketTransport : ITransport, IDisposable
{
    private readonly Stream _stream;
    private readonly CancellationTokenSource _aborted = new();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _abort;
    private readonly Lock _lock = new();
    private bool _isOver;

    /// <summary>Creates the carrier.</summary>
    /// <param name="stream">The bytes of both directions.</param>
    /// <param name="format">How frames become bytes.</param>
    /// <param name="abort">Resets what is below the stream.</param>
    public WebSocketTransport(Stream stream, WebSocketFormat format, Action abort)
    {
        _stream = stream;
        _abort = abort;
        Format = format;
    }

    /// <inheritdoc/>
    public TransportKind Kind => TransportKind.WebSocket;

    /// <inheritdoc/>
    public FrameFormat Format { get; }

    /// <summary>Cancelled when the carrier is ended from this side.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>Completes when the close frame was written.</summary>
    public Task Completed => _completed.Task;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        // The server copies what it is given before it first waits, so the lock is held for that only.
        lock (_lock)
        {
            return _isOver ? ValueTask.CompletedTask : _stream.WriteAsync(bytes, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            _abort();
        }

        _aborted.Cancel();
        _completed.TrySetResult();
    }

    /// <inheritdoc/>
    public void CompleteWrites() => _completed.TrySetResult();

    /// <summary>The owner is through: whoever writes or aborts from now on does nothing.</summary>
    // The server uses the request's objects again, so a late write or abort would hit somebody else's request.
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
        }
    }
}
