using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>The way to one edge in another silo: one batch under way, and a bounded queue behind it. Safe for concurrent use.</summary>
/// <remarks>
/// One batch at a time keeps the order, and makes batches grow with the load. What does not arrive is lost, never sent again:
/// sequences and renewals find it.
/// </remarks>
internal sealed class EdgeRoute(EdgeId edge, EdgeGates gates, TimeProvider time, RealtimeMetrics metrics, ILogger logger)
{
    /// <summary>How many messages wait at most: a second's worth of a busy edge's.</summary>
    internal const int MaxQueued = 8192;

    /// <summary>How many payload bytes wait at most: 16 MiB, so that a silo with fifty slow edges holds less than 1 GiB.</summary>
    internal const long MaxQueuedBytes = 16 * 1024 * 1024;

    /// <summary>How many messages one batch holds at most.</summary>
    internal const int MaxBatch = 512;

    /// <summary>How many payload bytes one batch holds at most, unless a single message is larger: 1 MiB.</summary>
    internal const long MaxBatchBytes = 1024 * 1024;

    /// <summary>How long an edge that no silo knows is not looked for again: 1 s.</summary>
    internal static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly Queue<(EdgeMessage Message, long Bytes)> _queue = [];
    private long _queuedBytes;
    private TaskCompletionSource? _sending;
    private DateTimeOffset _lastUsed = time.GetUtcNow();
    private DateTimeOffset _unknownUntil;

    // Used by the one sender only.
    private SiloAddress? _silo;

    /// <summary>Queues a message; drops it when too much waits already, or when no silo knew the edge a moment ago.</summary>
    public void Post(EdgeMessage message)
    {
        var bytes = BytesOf(message);
        lock (_lock)
        {
            _lastUsed = time.GetUtcNow();
            if (_lastUsed < _unknownUntil || _queue.Count >= MaxQueued || _queuedBytes + bytes > MaxQueuedBytes)
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

    /// <summary>Completes when all that was posted until now has arrived or is lost.</summary>
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
                if (!await TrySendAsync(batch))
                {
                    Lose(batch.Length, null);
                }
            }
            catch (Exception failure)
            {
                // The boundary of a background loop. The silo may be gone, so it is looked for again.
                _silo = null;
                Lose(batch.Length, failure);
            }
        }
    }

    private async ValueTask<bool> TrySendAsync(ImmutableArray<EdgeMessage> batch)
    {
        if (_silo is { } known && await gates.Of(known).DeliverAsync(edge, batch))
        {
            return true;
        }

        // Said no, so nothing was delivered, and it may be tried elsewhere.
        _silo = await FindAsync();
        if (_silo is not { } found)
        {
            lock (_lock)
            {
                _unknownUntil = time.GetUtcNow() + UnknownFor;
            }

            return false;
        }

        return await gates.Of(found).DeliverAsync(edge, batch);
    }

    /// <summary>Asks all other silos; null when none has the edge.</summary>
    private async Task<SiloAddress?> FindAsync()
    {
        var answers = await Task.WhenAll(gates.Others().Select(AskAsync));
        return answers.FirstOrDefault(static silo => silo is not null);
    }

    private async Task<SiloAddress?> AskAsync(SiloAddress silo)
    {
        try
        {
            return await gates.Of(silo).HoldsAsync(edge) ? silo : null;
        }
        catch (Exception failure) when (GrainCalls.IsUnreachable(failure))
        {
            logger.SiloNotAsked(silo.ToString(), edge, failure);
            return null;
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

    private static long BytesOf(EdgeMessage message)
    {
        switch (message)
        {
            case PublicationBatch publications:
                long bytes = 0;
                foreach (var publication in publications.Publications)
                {
                    bytes += publication.Payload.Length;
                }

                return bytes;
            case SignalMessage signal:
                return signal.Payload.Length;
            default:
                return 0;
        }
    }
}
