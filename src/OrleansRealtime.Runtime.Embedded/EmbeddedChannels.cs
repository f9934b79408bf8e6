using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>All channels, in this process.</summary>
internal sealed class EmbeddedChannels(ActorTable<ChannelName, ChannelHost> table) : IChannels
{
    public IChannel Get(ChannelName channel) => new EmbeddedChannel(new Actor<ChannelName, ChannelHost>(table, channel));

    public async ValueTask<ImmutableArray<RenewOutcome>> RenewAsync(
        ImmutableArray<Renewal> renewals, CancellationToken cancellationToken)
    {
        // All begun before any is awaited, so that one channel that waits for its store does not hold up the others.
        var calls = renewals.Select(renewal => Get(renewal.Channel).RenewAsync(renewal, cancellationToken).AsTask()).ToList();
        var outcomes = ImmutableArray.CreateBuilder<RenewOutcome>(calls.Count);
        foreach (var call in calls)
        {
            try
            {
                outcomes.Add(await call);
            }
            catch (ActorUnavailableException)
            {
                // A missing outcome says it: the edge tries this channel again.
            }
        }

        return outcomes.ToImmutable();
    }
}
