using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Http;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>Serves WebSockets on their sockets.</summary>
public static class RealtimeSocketExtensions
{
    /// <summary>
    /// Has plain WebSocket handshakes for the paths of <c>MapRealtime</c> taken from Kestrel's addresses before Kestrel reads them,
    /// and their connections served by event loops (<see cref="EdgeOptions.EventLoops"/>): several times cheaper in time and memory. Everything else, TLS
    /// included, goes through Kestrel as before. Does nothing on systems other than Linux. Add it after the edge.
    /// </summary>
    /// <remarks>
    /// A handshake that is taken passes no middleware: what an application's middleware would have changed is for
    /// <paramref name="prepare"/>. Kestrel's limits on connections do not count it; the edge's own do.
    /// </remarks>
    /// <param name="services">Where the edge was added.</param>
    /// <param name="prepare">
    /// What is done with the request of a handshake before it is looked at, e.g. to believe the headers of a proxy; nothing by
    /// default. Must not wait.
    /// </param>
    public static IServiceCollection AddRealtimeSockets(this IServiceCollection services, Action<HttpContext>? prepare = null)
    {
        if (!SocketEngine.IsSupported)
        {
            return services;
        }

        services.TryAddSingleton(static provider => new SocketEngine(
            provider.GetRequiredService<IOptions<EdgeOptions>>().Value.EventLoopCount,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("OrleansRealtime.Edge").BackgroundFailed));
        services.TryAddSingleton(provider => new DirectHandshake(
            provider.GetRequiredService<EdgeNode>(),
            provider.GetRequiredService<IHandshakeGate>(),
            provider.GetRequiredService<HttpBoundary>(),
            provider,
            prepare));
        services.TryAddSingleton<KestrelEndpoints>();

        // First of all, because endpoints that are stated before it would not be seen.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>>(
            static provider => provider.GetRequiredService<KestrelEndpoints>()));
        services.AddSingleton<IConnectionListenerFactory, DirectListenerFactory>();
        return services;
    }
}
