using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Streams;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Grains.Streams;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>The way from the actors of this silo to all edges. Safe for concurrent use.</summary>
/// <remarks>
/// An edge of this silo is given its messages in the sending actor's turn. To each other edge leads a stream, its inbox, and before
/// that a route, which batches.
/// </remarks>
internal sealed class EdgeRouter(
    LocalEdges edges,
    EdgeFinder finder,
    IServiceProvider services,
    IOptions<RealtimeSiloOptions> options,
    [FromKeyedServices(RealtimeTime.Key)] TimeProvider time,
    RealtimeMetrics metrics,
    ILogger<EdgeRouter> logger)
    : IDelivery
{
    /// <summary>How long a route that nobody uses is kept: well over the 10 s after which an attached edge is heard of again.</summary>
    internal static readonly TimeSpan RouteLife = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<EdgeId, EdgeRoute> _routes = new();

    // Asked for when it is first used: the provider is created after those who send.
    private readonly Lazy<IStreamProvider> _streams =
        new(() => services.GetRequiredKeyedService<IStreamProvider>(options.Value.StreamProvider));

    public void Send(EdgeId edge, EdgeMessage message)
    {
        if (!edges.TryDeliver(edge, message))
        {
            RouteTo(edge).Post(message);
        }
    }

    /// <summary>How many ways to edges in other silos there are.</summary>
    public int Count => _routes.Count;

    /// <summary>Completes when all that was sent to other silos until now is on a stream or is lost.</summary>
    public Task WhenIdle() => Task.WhenAll(_routes.Values.Select(static route => route.WhenIdle()));

    /// <summary>Drops the routes, and what is known of edges, that were not used for <see cref="RouteLife"/>.</summary>
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

        finder.ForgetUnused(unusedSince);
    }

    // In the turn of an actor: Orleans keeps a stream with the activation that asked for it, so it goes with that one.
    private EdgeRoute RouteTo(EdgeId edge) =>
        _routes.TryGetValue(edge, out var route)
            ? route
            : _routes.GetOrAdd(
                edge,
                new EdgeRoute(edge, _streams.Value.GetStream<InboxMessages>(InboxStreams.Of(edge)), time, metrics, logger));
}
