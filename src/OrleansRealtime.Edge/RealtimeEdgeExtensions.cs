using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Applications;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Http;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.ServerSentEvents;
using OrleansRealtime.Edge.Sockets;
using OrleansRealtime.Edge.WebSockets;

namespace OrleansRealtime.Edge;

/// <summary>Adds an edge to an ASP.NET Core application.</summary>
public static class RealtimeEdgeExtensions
{
    // What the host needs after the drain window to stop everything else.
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Adds an edge. Needs a runtime (<c>AddEmbeddedRealtime</c>), added before, and an <see cref="IChannelPolicies"/>; uses an
    /// <see cref="IChannelAuthorizer"/> and an <see cref="ICallHandler"/> if there are any. Configure <see cref="EdgeOptions"/>,
    /// <see cref="AuthenticationOptions"/>, <see cref="LimitOptions"/> and <see cref="DrainOptions"/> as usual. The host drains
    /// the edge before it stops, and is given the time for that.
    /// </summary>
    public static IServiceCollection AddRealtimeEdge(this IServiceCollection services)
    {
        services.AddOptions<EdgeOptions>();
        services.AddOptions<AuthenticationOptions>();
        services.AddOptions<LimitOptions>();
        services.AddOptions<DrainOptions>();
        services.AddOptions<HostOptions>().PostConfigure<IOptions<DrainOptions>>(static (host, drain) =>
            host.ShutdownTimeout = Max(host.ShutdownTimeout, drain.Value.Window + StopMargin));
        services.AddRealtimeHttp();
        services.TryAddSingleton<IHandshakeGate, HandshakeGate>();
        services.TryAddSingleton<EventStreamEndpoint>();
        services.TryAddSingleton(CreateNode);
        services.TryAddSingleton<Heartbeat>();
        services.TryAddSingleton<Drain>();
        services.TryAddSingleton<WebSocketEndpoint>();
        services.AddHostedService<EdgeLifetime>();
        services.AddHealthChecks().AddCheck<EdgeReadiness>("edge", tags: [EdgeReadiness.Tag]);
        return services;
    }

    /// <summary>
    /// Maps the WebSocket address <c>{prefix}/ws</c>, server-sent events <c>{prefix}/sse</c>, the HTTP API and its description
    /// <c>{prefix}/openapi.json</c>.
    /// </summary>
    /// <param name="endpoints">Where to map.</param>
    /// <param name="prefix">The path before it; default <c>/v1</c>.</param>
    public static IEndpointRouteBuilder MapRealtime(this IEndpointRouteBuilder endpoints, string prefix = "/v1")
    {
        var webSockets = endpoints.ServiceProvider.GetRequiredService<WebSocketEndpoint>();
        var boundary = endpoints.ServiceProvider.GetRequiredService<HttpBoundary>();
        endpoints
            .MapMethods(
                prefix + "/ws",
                [HttpMethods.Get, HttpMethods.Connect],
                context => boundary.RunAsync(context, webSockets.ServeAsync))
            .ExcludeFromDescription();
        endpoints.ServiceProvider.GetService<DirectHandshake>()?.Serve(prefix + "/ws");
        var group = endpoints.MapGroup(prefix);
        HttpRoutes.Map(group);
        EventStreamEndpoint.Map(group);
        return endpoints;
    }

    private static EdgeNode CreateNode(IServiceProvider provider) =>
        new(new EdgeNodeServices
        {
            Channels = provider.GetRequiredService<IChannels>(),
            Users = provider.GetRequiredService<IUsers>(),
            Policies = provider.GetRequiredService<IChannelPolicies>(),
            Directory = provider.GetRequiredService<IEdgeDirectory>(),
            Tokens = provider.GetRequiredService<ITokenValidator>(),
            Options = provider.GetRequiredService<IOptions<EdgeOptions>>(),
            Limits = provider.GetRequiredService<IOptions<LimitOptions>>(),
            Drain = provider.GetRequiredService<IOptions<DrainOptions>>(),
            Authentication = provider.GetRequiredService<IOptions<AuthenticationOptions>>(),
            Clock = provider.GetRequiredService<TimeProvider>(),
            Metrics = provider.GetRequiredService<EdgeMetrics>(),
            Log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("OrleansRealtime.Edge"),
            Sockets = provider.GetService<SocketEngine>(),
            Authorizer = provider.Authorizer(),
            Calls = provider.Calls(),
        });

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
