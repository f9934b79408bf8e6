using Microsoft.AspNetCore.Http;
using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.ServerSentEvents;

/// <summary>An HTTP response as a connection's carrier.</summary>
/// <remarks>
/// Until <see cref="OpenAsync"/> what is written is held back, so that a user who is refused still gets a status that says so.
/// </remarks>
internal sealed class EventStreamTransport(HttpContext context) : ITransport
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Queue<byte[]>? _held = new();

    /// <inheritdoc/>
    public TransportKind Kind => TransportKind.ServerSentEvents;

    /// <inheritdoc/>
    public FrameFormat Format => EventStreamFormat.Instance;

    /// <summary>Completes when the last frame was written, or this side gave up.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_held is not null)
            {
                _held.Enqueue(bytes.ToArray());
                return ValueTask.CompletedTask;
            }
        }

        return context.Response.Body.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>Sends the headers and <paramref name="preamble"/>, what was held back, and from then on everything at once.</summary>
    public async Task OpenAsync(ReadOnlyMemory<byte> preamble, CancellationToken cancellationToken)
    {
        await context.Response.Body.WriteAsync(preamble, cancellationToken);
        while (TryTakeHeld() is { } frame)
        {
            await context.Response.Body.WriteAsync(frame, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        try
        {
            context.Abort();
        }
        catch (ObjectDisposedException)
        {
            // The owner is through with it already.
        }

        _ended.TrySetResult();
    }

    /// <inheritdoc/>
    public void CompleteWrites() => _ended.TrySetResult();

    private byte[]? TryTakeHeld()
    {
        lock (_lock)
        {
            if (_held!.TryDequeue(out var frame))
            {
                return frame;
            }

            _held = null;
            return null;
        }
    }
}
