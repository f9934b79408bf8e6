using Orleans.Runtime.Services;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>The gates of all silos. Safe for concurrent use.</summary>
internal sealed class EdgeGates(IServiceProvider services, ISiloStatusOracle silos) : GrainServiceClient<IEdgeGate>(services)
{
    /// <summary>The gate of one silo.</summary>
    public IEdgeGate Of(SiloAddress silo) => GetGrainService(silo);

    /// <summary>All other silos that are alive, as far as this one knows.</summary>
    public IEnumerable<SiloAddress> Others() =>
        silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(silos.SiloAddress));
}
