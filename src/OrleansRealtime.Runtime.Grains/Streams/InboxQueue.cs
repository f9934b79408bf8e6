using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Runtime.Grains.Delivery;

namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>The queue of this silo: what waits to be streamed to the inboxes of its edges. Safe for concurrent use.</summary>
/// <remarks>Bounded; its reader waits for messages instead of asking for them periodically.</remarks>
internal sealed class InboxQueue(
    LocalEdges edges, [FromKeyedServices(RealtimeTime.Key)] TimeProvider time, RealtimeMetrics metrics)
{
    /// <summary>How many messages wait at most: two seconds' worth of a busy edge's.</summary>
    internal const int MaxQueued = 16384;

    /// <summary>How many payload bytes wait at most: 32 MiB, two full routes.</summary>
    internal const long MaxQueuedBytes = 32 * 1024 * 1024;

    /// <summary>How long a reader waits at most: 5 s. The agent cleans up between two reads.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly Queue<(InboxBatch Batch, long Bytes)> _queue = [];
    private int _queued;
    private long _queuedBytes;
    private long _lastToken;
    private TaskCompletionSource? _arrival;

    /// <summary>Takes messages for an edge; false, and nothing done, when it is not in this silo. What finds no room is lost.</summary>
    public bool TryTake(EdgeId edge, ImmutableArray<EdgeMessage> messages)
    {
        if (!edges.Holds(edge))
        {
            return false;
        }

        if (!TryAdd(InboxStreams.Of(edge), messages))
        {
            metrics.MessagesLost(messages.Length);
        }

        return true;
    }

    /// <summary>
    /// What was put in first, as soon as there is something; nothing after <see cref="LongestWait"/> and on cancellation.
    /// </summary>
    public async Task<IList<IBatchContainer>> ReadAsync(int max, CancellationToken cancellationToken)
    {
        if (Read(max) is { Count: > 0 } ready)
        {
            return ready;
        }

        // A wait that ends without a message is no failure, so nothing is thrown.
        await Arrival().WaitAsync(LongestWait, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return cancellationToken.IsCancellationRequested ? [] : Read(max);
    }

    private bool TryAdd(StreamId inbox, ImmutableArray<EdgeMessage> messages)
    {
        var bytes = EdgeMessageSize.Of(messages);
        TaskCompletionSource? arrival;
        lock (_lock)
        {
            if (_queued + messages.Length > MaxQueued || _queuedBytes + bytes > MaxQueuedBytes)
            {
                return false;
            }

            _queue.Enqueue((new InboxBatch(inbox, new InboxMessages(messages), new EventSequenceTokenV2(++_lastToken)), bytes));
            _queued += messages.Length;
            _queuedBytes += bytes;
            (arrival, _arrival) = (_arrival, null);
        }

        arrival?.TrySetResult();
        return true;
    }

    private List<IBatchContainer> Read(int max)
    {
        var read = new List<IBatchContainer>();
        lock (_lock)
        {
            while (read.Count < max && _queue.TryDequeue(out var next))
            {
                _queued -= next.Batch.Messages.Messages.Length;
                _queuedBytes -= next.Bytes;
                read.Add(next.Batch);
            }
        }

        return read;
    }

    private Task Arrival()
    {
        lock (_lock)
        {
            if (_queue.Count > 0)
            {
                return Task.CompletedTask;
            }

            _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _arrival.Task;
        }
    }
}
