using OrleansRealtime.Runtime.Grains.Delivery;

namespace OrleansRealtime.Runtime.Grains.Membership;

/// <summary>Says of the edges of this silo where they are, so that actors know what goes when it dies. Safe for concurrent use.</summary>
internal sealed class EdgeOrigin(LocalEdges edges, ILocalSiloDetails silo)
{
    /// <summary>This silo, if the edge is in it.</summary>
    public SiloAddress? Of(EdgeId edge) => edges.Holds(edge) ? silo.SiloAddress : null;
}
