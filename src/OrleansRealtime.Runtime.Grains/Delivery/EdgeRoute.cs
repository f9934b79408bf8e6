using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Runtime.Grains.Streams;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>The way to one edge in another silo: one batch on its way to the stream, and a bounded queue behind it. Safe for concurrent use.</summary>
/// <remarks>
/// One batch at a time keeps the order, and makes batches grow with the load. What the stream does not take is lost, never sent
/// again: sequences and renewals find it.
/// </remarks>
internal sealed class EdgeRoute(
    EdgeId edge, IAsyncObserver<InboxMessages> inbox, TimeProvider time, RealtimeMetrics metrics, ILogger logger)
{
    /// <summary>How many messages wait at most: a second's worth of a busy edge's.</summary>
    internal const int MaxQueued = 8192;

    /// <summary>How many payload bytes wait at most: 16 MiB, so that a silo with fifty slow edges holds less than 1 GiB.</summary>
    internal const long MaxQueuedBytes = 16 * 1024 * 1024;

    /// <summary>How many messages one batch holds at most.</summary>
    internal const int MaxBatch = 512;

    /// <summary>How many payload bytes one batch holds at most, unless a single message is larger: 256 KiB.</summary>
    internal const long MaxBatchBytes = 256 * 1024;

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly Queue<(EdgeMessage Message, long Bytes)> _queue = [];
    private long _queuedBytes;
    private TaskCompletionSource? _sending;
    private DateTimeOffset _lastUsed = time.GetUtcNow();

    /// <summary>Queues a message; drops it when too much waits already.</summary>
    public void Post(EdgeMessage message)
    {
        var bytes = EdgeMessageSize.Of(message);
        lock (_lock)
        {
            _lastUsed = time.GetUtcNow();
            if (_queue.Count >= MaxQueued || _queuedBytes + bytes > MaxQueuedBytes)
            {
                Lose(1, null);
                return;
            }

            _queue.Enqueue((message, bytes));
            _queuedBytes += bytes;
            if (_sending is not null)
            {
                return;
            }

            _sending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        // Outside the actor's turn and without what flows with it.
        ThreadPool.UnsafeQueueUserWorkItem(static route => _ = route.SendAllAsync(), this, preferLocal: false);
    }

    /// <summary>Whether nothing was posted since, and nothing is under way.</summary>
    public bool IsUnusedSince(DateTimeOffset since)
    {
        lock (_lock)
        {
            return _sending is null && _lastUsed < since;
        }
    }

    /// <summary>Completes when the stream has taken all that was posted until now, or it is lost.</summary>
    public Task WhenIdle()
    {
        lock (_lock)
        {
            return _sending?.Task ?? Task.CompletedTask;
        }
    }

    private async Task SendAllAsync()
    {
        while (TryTakeBatch(out var batch))
        {
            try
            {
                await inbox.OnNextAsync(new InboxMessages(batch));
            }
            catch (Exception failure)
            {
                // The boundary of a background loop.
                Lose(batch.Length, failure);
            }
        }
    }

    private bool TryTakeBatch(out ImmutableArray<EdgeMessage> batch)
    {
        var taken = ImmutableArray.CreateBuilder<EdgeMessage>();
        long bytes = 0;
        TaskCompletionSource? sent = null;
        lock (_lock)
        {
            while (taken.Count < MaxBatch && _queue.TryPeek(out var next) && (taken.Count == 0 || bytes + next.Bytes <= MaxBatchBytes))
            {
                _queue.Dequeue();
                _queuedBytes -= next.Bytes;
                bytes += next.Bytes;
                taken.Add(next.Message);
            }

            if (taken.Count == 0)
            {
                (sent, _sending) = (_sending, null);
            }
        }

        sent?.SetResult();

        batch = taken.DrainToImmutable();
        return batch.Length > 0;
    }

    private void Lose(int count, Exception? failure)
    {
        metrics.MessagesLost(count);
        logger.MessagesLost(edge, count, failure);
    }
}
