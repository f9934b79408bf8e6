using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>The gate of this silo.</summary>
internal sealed class EdgeGate(GrainId id, Silo silo, LocalEdges edges, ILoggerFactory loggers)
    : GrainService(id, silo, loggers), IEdgeGate
{
    public ValueTask<bool> HoldsAsync(EdgeId edge) => ValueTask.FromResult(edges.Holds(edge));

    public ValueTask<bool> DeliverAsync(EdgeId edge, ImmutableArray<EdgeMessage> messages)
    {
        foreach (var message in messages)
        {
            if (!edges.TryDeliver(edge, message))
            {
                return ValueTask.FromResult(false);
            }
        }

        return ValueTask.FromResult(true);
    }
}
