using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>A WebSocket as a connection's carrier: finished frames go to the upgraded stream as they are.</summary>
internal sealed class WebSocketTransport : ITransport, IDisposable
{
    private readonly Stream _stream;
    private readonly CancellationTokenSource _aborted = new();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _abort;

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
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _stream.WriteAsync(bytes, cancellationToken);

    /// <inheritdoc/>
    public void Abort()
    {
        try
        {
            _aborted.Cancel();
            _abort();
        }
        catch (ObjectDisposedException)
        {
            // The owner is through with it already.
        }

        _completed.TrySetResult();
    }

    /// <inheritdoc/>
    public void CompleteWrites() => _completed.TrySetResult();

    /// <inheritdoc/>
    public void Dispose() => _aborted.Dispose();
}
