using System.Collections.Immutable;
using Orleans.Streams;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Runtime.Grains.Delivery;

namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>Brings what is put on an inbox stream into the queue of the silo that has the edge. Safe for concurrent use.</summary>
/// <remarks>
/// None between silos when the edge is in this one, else one hop to the silo's gate. Which silo that is, is asked for once, and again
/// when that silo says that it is wrong. Completes when the messages are in the queue.
/// </remarks>
internal sealed class InboxAdapter(string name, InboxQueue queue, EdgeFinder finder, EdgeGates gates, RealtimeMetrics metrics)
    : IQueueAdapter
{
    public string Name => name;

    // Who missed something reads it from the channel, never from the stream.
    public bool IsRewindable => false;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => new InboxReceiver(queue);

    public async Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        if (streamId.GetNamespace() != InboxStreams.Namespace)
        {
            throw new ArgumentException($"Only the streams of '{InboxStreams.Namespace}' are carried here.", nameof(streamId));
        }

        var edge = InboxStreams.EdgeOf(streamId);
        foreach (var messages in events.Cast<InboxMessages>())
        {
            if (!queue.TryTake(edge, messages.Messages) && !await TrySendAsync(edge, messages.Messages))
            {
                metrics.MessagesLost(messages.Messages.Length);
            }
        }
    }

    private async ValueTask<bool> TrySendAsync(EdgeId edge, ImmutableArray<EdgeMessage> messages)
    {
        if (await finder.FindAsync(edge) is not { } silo)
        {
            return false;
        }

        try
        {
            if (await gates.Of(silo).DeliverAsync(edge, messages))
            {
                return true;
            }
        }
        catch
        {
            // The silo may be gone.
            finder.Forget(edge, silo);
            throw;
        }

        // Said no, so nothing was delivered, and it may be tried elsewhere.
        finder.Forget(edge, silo);
        return await finder.FindAsync(edge) is { } found && await gates.Of(found).DeliverAsync(edge, messages);
    }
}
