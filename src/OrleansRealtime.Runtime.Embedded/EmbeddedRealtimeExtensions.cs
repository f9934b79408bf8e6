using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Stores;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>Adds the embedded runtime to a host.</summary>
public static class EmbeddedRealtimeExtensions
{
    /// <summary>
    /// Adds channels, users and edges that live in this process, and the hosted service that sweeps them. Needs an
    /// <see cref="IChannelPolicies"/>; uses an <see cref="IChannelLog"/>, <see cref="IGrantStore"/>, <see cref="IUserStore"/>,
    /// the behaviours and the <see cref="TimeProvider"/> that are registered. Without stores, grants and users live as long as
    /// the process, and no channel can be durable.
    /// </summary>
    /// <remarks>Add it before the edge: hosted services stop in reverse order, so the edge drains while actors still answer.</remarks>
    public static IServiceCollection AddEmbeddedRealtime(
        this IServiceCollection services, Action<EmbeddedRuntimeOptions>? configure = null)
    {
        services.AddOptions<EmbeddedRuntimeOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.AddSingleton<IValidateOptions<EmbeddedRuntimeOptions>, EmbeddedRuntimeOptionsValidator>();
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IGrantStore, MemoryGrantStore>();
        services.TryAddSingleton<IUserStore, MemoryUserStore>();
        services.AddSingleton(static provider => new EmbeddedStores(
            provider.GetService<IChannelLog>(),
            provider.GetRequiredService<IGrantStore>(),
            provider.GetRequiredService<IUserStore>()));
        services.AddSingleton<EmbeddedMetrics>();
        services.AddSingleton<EmbeddedEdges>();
        services.AddSingleton<EmbeddedRuntime>();
        services.AddSingleton<IEdgeDirectory>(static provider => provider.GetRequiredService<EmbeddedEdges>());
        services.AddSingleton<IDelivery>(static provider => provider.GetRequiredService<EmbeddedEdges>());
        services.AddSingleton(static provider => provider.GetRequiredService<EmbeddedRuntime>().Channels);
        services.AddSingleton(static provider => provider.GetRequiredService<EmbeddedRuntime>().Users);
        services.AddHostedService<EmbeddedSweep>();
        return services;
    }
}
