using System.Collections.Concurrent;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>What this process publishes, in order for each channel. Safe for concurrent use.</summary>
internal sealed class PublishQueues(IGrainFactory grains)
{
    // Only of channels that something waits for.
    private readonly ConcurrentDictionary<ChannelName, PublishQueue> _queues = new();

    /// <summary>Publishes behind all that this process began to publish in this channel before.</summary>
    /// <exception cref="ActorUnavailableException">The grain could not be reached, or its answer did not come.</exception>
    public async ValueTask<PublishOutcome> PublishAsync(
        ChannelName channel, PublishRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingPublication(request, cancellationToken);
        while (!QueueOf(channel).TryAdd(pending))
        {
            // It emptied and left a moment ago.
        }

        return await pending.Outcome.WaitAsync(cancellationToken);
    }

    /// <summary>Takes a queue away that is empty and takes no more.</summary>
    public void Remove(ChannelName channel, PublishQueue queue) => _queues.TryRemove(KeyValuePair.Create(channel, queue));

    private PublishQueue QueueOf(ChannelName channel) =>
        _queues.TryGetValue(channel, out var queue)
            ? queue
            : _queues.GetOrAdd(channel, new PublishQueue(channel, grains.GetGrain<IChannelGrain>(channel.Value), this));
}
