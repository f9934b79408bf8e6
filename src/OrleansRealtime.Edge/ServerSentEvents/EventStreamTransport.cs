using Microsoft.AspNetCore.Http;
using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.ServerSentEvents;

/// <summary>An HTTP response as a connection's carrier.</summary>
/// <remarks>
/// Until <see cref="OpenAsync"/> the first write stays in flight, so that a user who is refused still gets a status that says so,
/// and what waits meanwhile counts in the queue's budget.
/// </remarks>
internal sealed class EventStreamTransport(HttpContext context) : ITransport, IDisposable
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isOver;

    /// <inheritdoc/>
    public TransportKind Kind => TransportKind.ServerSentEvents;

    /// <inheritdoc/>
    public FrameFormat Format => EventStreamFormat.Instance;

    /// <summary>Completes when the last frame was written, or this side gave up.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _opened.Task.IsCompletedSuccessfully
            ? WriteNowAsync(bytes, cancellationToken)
            : WriteWhenOpenAsync(bytes, cancellationToken);

    /// <summary>Sends the headers and <paramref name="preamble"/>, and from then on whatever is written.</summary>
    public async Task OpenAsync(ReadOnlyMemory<byte> preamble, CancellationToken cancellationToken)
    {
        await context.Response.Body.WriteAsync(preamble, cancellationToken);
        _opened.TrySetResult();
    }

    /// <inheritdoc/>
    public void Abort()
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                context.Abort();
            }
        }

        _opened.TrySetResult();
        _ended.TrySetResult();
    }

    /// <inheritdoc/>
    public void CompleteWrites() => _ended.TrySetResult();

    /// <summary>The owner is through: whoever writes or aborts from now on does nothing.</summary>
    // The server uses the request's objects again, so a late write would reach somebody else's response.
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
        }

        _opened.TrySetResult();
    }

    private async ValueTask WriteWhenOpenAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _opened.Task;
        await WriteNowAsync(bytes, cancellationToken);
    }

    private ValueTask WriteNowAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        // The server copies what it is given before it first waits, so the lock is held for that only.
        lock (_lock)
        {
            return _isOver ? ValueTask.CompletedTask : context.Response.Body.WriteAsync(bytes, cancellationToken);
        }
    }
}
