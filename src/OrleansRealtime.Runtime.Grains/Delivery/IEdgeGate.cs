using System.Collections.Immutable;
using Orleans.Services;
using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>Where a silo takes in messages for its edges.</summary>
[Alias("realtime.IEdgeGate")]
[GrainInterfaceType("realtime.edge-gate")]
internal interface IEdgeGate : IGrainService
{
    /// <summary>Whether this edge is in this silo.</summary>
    [Alias("holds")]
    [ResponseTimeout("00:00:10")]
    ValueTask<bool> HoldsAsync(EdgeId edge);

    /// <summary>Queues messages for an edge, in order; false, and nothing done, when it is not in this silo.</summary>
    [Alias("deliver")]
    [ResponseTimeout("00:00:10")]
    ValueTask<bool> DeliverAsync(EdgeId edge, ImmutableArray<EdgeMessage> messages);
}
