using System.Collections.Concurrent;
using System.Collections.Frozen;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains.Membership;

/// <summary>Which silo the edges are in that the actors of this silo have heard of. Safe for concurrent use.</summary>
/// <remarks>An edge never moves, so what was once heard holds until its silo is dead.</remarks>
internal sealed class EdgeHomes(ISiloStatusOracle silos)
{
    private readonly ConcurrentDictionary<SiloAddress, ConcurrentDictionary<EdgeId, bool>> _edges = new();

    /// <summary>
    /// Notes where an edge is. In the turn of an actor that then takes the edge in: so either its silo is known to be dead
    /// here, or the actor is told of its death after that turn.
    /// </summary>
    /// <exception cref="ActorUnavailableException">That silo is dead, and its call came late.</exception>
    public void Learn(EdgeId edge, SiloAddress silo)
    {
        _edges.GetOrAdd(silo, static _ => new ConcurrentDictionary<EdgeId, bool>()).TryAdd(edge, true);
        if (silos.IsDeadSilo(silo))
        {
            _edges.TryRemove(silo, out _);
            throw new ActorUnavailableException($"Edge '{edge}' is in a silo that is dead.");
        }
    }

    /// <summary>Forgets a silo; returns the edges that were in it.</summary>
    public FrozenSet<EdgeId> Forget(SiloAddress silo) =>
        _edges.TryRemove(silo, out var edges) ? edges.Keys.ToFrozenSet() : FrozenSet<EdgeId>.Empty;
}
