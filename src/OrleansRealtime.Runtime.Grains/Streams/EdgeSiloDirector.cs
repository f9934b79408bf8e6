using Orleans.Runtime.Placement;
using OrleansRealtime.Runtime.Grains.Delivery;

namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>Finds the silo of the edge that a grain belongs to; this silo when the edge is nowhere. Safe for concurrent use.</summary>
internal sealed class EdgeSiloDirector(LocalEdges edges, EdgeFinder finder) : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var edge = new EdgeId(target.GrainIdentity.Key.ToString()!);
        if (edges.Holds(edge))
        {
            return context.LocalSilo;
        }

        return await finder.FindAsync(edge) is { } silo && context.GetCompatibleSilos(target).Contains(silo)
            ? silo
            : context.LocalSilo;
    }
}
