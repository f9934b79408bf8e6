using System.Collections.Concurrent;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Grains.Delivery;

namespace OrleansRealtime.Runtime.Grains.Membership;

/// <summary>Where the channels live that the edges of this silo are attached to. Safe for concurrent use.</summary>
/// <remarks>
/// A channel that goes down says so to its edges, but one whose silo died cannot: the edge's own silo does it in its place, so that
/// the edge attaches again at once and not with its next renewal.
/// </remarks>
internal sealed class AttachedChannels(ISiloStatusOracle silos, LocalEdges edges)
{
    private readonly ConcurrentDictionary<(EdgeId Edge, ChannelName Channel), SiloAddress> _hosts = new();

    /// <summary>Notes the answer to an attach.</summary>
    /// <exception cref="ActorUnavailableException">The silo that answered is dead meanwhile.</exception>
    public void Attached(EdgeId edge, ChannelName channel, SiloAddress host)
    {
        _hosts[(edge, channel)] = host;
        if (silos.IsDeadSilo(host))
        {
            _hosts.TryRemove(KeyValuePair.Create((edge, channel), host));
            throw new ActorUnavailableException($"'{channel}' lived in a silo that is dead.");
        }
    }

    /// <summary>Notes that an edge lets go of a channel.</summary>
    public void Detached(EdgeId edge, ChannelName channel) => _hosts.TryRemove((edge, channel), out _);

    /// <summary>Tells the edges which of their channels a dead silo took with it; returns how many.</summary>
    public int Lose(SiloAddress silo)
    {
        var lost = 0;
        foreach (var attached in _hosts)
        {
            if (attached.Value.Equals(silo) && _hosts.TryRemove(attached))
            {
                lost++;
                edges.TryDeliver(attached.Key.Edge, new DetachedMessage(attached.Key.Channel));
            }
        }

        return lost;
    }
}
