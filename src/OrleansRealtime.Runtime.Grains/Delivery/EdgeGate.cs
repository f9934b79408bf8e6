using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Runtime.Grains.Streams;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>The gate of this silo.</summary>
internal sealed class EdgeGate(GrainId id, Silo silo, LocalEdges edges, InboxQueue queue, ILoggerFactory loggers)
    : GrainService(id, silo, loggers), IEdgeGate
{
    public ValueTask<bool> HoldsAsync(EdgeId edge) => ValueTask.FromResult(edges.Holds(edge));

    public ValueTask<bool> DeliverAsync(EdgeId edge, ImmutableArray<EdgeMessage> messages) =>
        ValueTask.FromResult(queue.TryTake(edge, messages));
}
