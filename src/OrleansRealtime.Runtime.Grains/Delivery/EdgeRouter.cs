using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>The way from the actors of this silo to all edges. Safe for concurrent use.</summary>
/// <remarks>
/// An edge of this silo is given its messages in the sending actor's turn. To each other edge leads one route, which batches. An
/// edge never moves: its id names one life of one process, so a route that was found holds until that process is gone.
/// </remarks>
internal sealed class EdgeRouter(
    LocalEdges edges,
    EdgeGates gates,
    [FromKeyedServices(RealtimeTime.Key)] TimeProvider time,
    RealtimeMetrics metrics,
    ILogger<EdgeRouter> logger)
    : IDelivery
{
    /// <summary>How long a route that nobody uses is kept: well over the 10 s after which an attached edge is heard of again.</summary>
    internal static readonly TimeSpan RouteLife = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<EdgeId, EdgeRoute> _routes = new();

    public void Send(EdgeId edge, EdgeMessage message)
    {
        if (!edges.TryDeliver(edge, message))
        {
            RouteTo(edge).Post(message);
        }
    }

    /// <summary>Completes when all that was sent to other silos until now has arrived or is lost.</summary>
    public Task WhenIdle() => Task.WhenAll(_routes.Values.Select(static route => route.WhenIdle()));

    /// <summary>Drops the routes that were not used for <see cref="RouteLife"/>.</summary>
    public void ForgetUnused()
    {
        var unusedSince = time.GetUtcNow() - RouteLife;
        foreach (var (edge, route) in _routes)
        {
            if (route.IsUnusedSince(unusedSince))
            {
                // Whoever posts to it at this moment may be overtaken by a new route; sequences and renewals find that.
                _routes.TryRemove(KeyValuePair.Create(edge, route));
            }
        }
    }

    private EdgeRoute RouteTo(EdgeId edge) =>
        _routes.TryGetValue(edge, out var route)
            ? route
            : _routes.GetOrAdd(edge, new EdgeRoute(edge, gates, time, metrics, logger));
}
