using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>What one process publishes in one channel: one call under way, and behind it what will make up the next.</summary>
/// <remarks>
/// Orleans may let one call overtake another, for instance while the grain is looked for. One call at a time keeps the order,
/// and what waits for it crosses to the grain's silo in one piece. Safe for concurrent use.
/// </remarks>
internal sealed class PublishQueue(ChannelName channel, IChannelGrain grain, PublishQueues queues)
{
    /// <summary>How many publications wait at most, as in the channel itself.</summary>
    internal const int MaxWaiting = 10_000;

    /// <summary>How many payload bytes wait at most: 16 MiB, as in the channel itself.</summary>
    internal const long MaxWaitingBytes = 16 * 1024 * 1024;

    /// <summary>How many publications one call carries at most: what the channel appends in one piece.</summary>
    internal const int MaxBatch = 512;

    /// <summary>How many payload bytes one call carries at most, unless a single publication is larger: 1 MiB.</summary>
    internal const long MaxBatchBytes = 1024 * 1024;

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly Queue<PendingPublication> _waiting = [];
    private long _waitingBytes;
    private bool _isSending;
    private bool _isClosed;

    /// <summary>Takes a publication in, or refuses it as overloaded; false when this queue is closed.</summary>
    public bool TryAdd(PendingPublication pending)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return false;
            }

            if (_waiting.Count >= MaxWaiting || _waitingBytes + pending.Bytes > MaxWaitingBytes)
            {
                pending.Set(PublishOutcome.Refused(Overloaded(_waiting.Count)));
                return true;
            }

            _waiting.Enqueue(pending);
            _waitingBytes += pending.Bytes;
            if (_isSending)
            {
                return true;
            }

            _isSending = true;
        }

        // Outside the caller's turn, if it is a grain, and without what flows with it.
        ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.SendAllAsync(), this, preferLocal: false);
        return true;
    }

    private async Task SendAllAsync()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            try
            {
                var outcomes = await SendAsync(batch);
                for (var i = 0; i < batch.Count; i++)
                {
                    batch[i].Set(outcomes[i]);
                }
            }
            catch (Exception failure)
            {
                // The boundary of a background loop: whoever waits is told.
                batch.ForEach(pending => pending.Fail(failure));
            }
        }
    }

    private async ValueTask<ImmutableArray<PublishOutcome>> SendAsync(List<PendingPublication> batch)
    {
        if (batch.Count == 1)
        {
            return [await GrainCalls.CallAsync(
                grain,
                static (grain, request, token) => grain.PublishAsync(request, token),
                batch[0].Request,
                CancellationToken.None)];
        }

        return await GrainCalls.CallAsync(
            grain,
            static (grain, requests, token) => grain.PublishManyAsync(requests, token),
            batch.Select(static pending => pending.Request).ToImmutableArray(),
            CancellationToken.None);
    }

    /// <summary>Takes what goes out next; closes the queue when nothing waits.</summary>
    private List<PendingPublication> TakeBatch()
    {
        var batch = new List<PendingPublication>();
        long bytes = 0;
        lock (_lock)
        {
            while (batch.Count < MaxBatch && _waiting.TryPeek(out var next)
                && (batch.Count == 0 || bytes + next.Bytes <= MaxBatchBytes))
            {
                _waiting.Dequeue();
                _waitingBytes -= next.Bytes;

                // Its caller has gone, and nothing of it happened yet.
                if (!next.IsCancelled)
                {
                    bytes += next.Bytes;
                    batch.Add(next);
                }
            }

            _isClosed = batch.Count == 0;
        }

        if (batch.Count == 0)
        {
            queues.Remove(channel, this);
        }

        return batch;
    }

    private static RealtimeError Overloaded(int waiting) => new(
        RealtimeErrorCode.Unavailable,
        $"{waiting} publications wait for the channel; try again with the same message id.",
        TimeSpan.FromSeconds(1));
}
