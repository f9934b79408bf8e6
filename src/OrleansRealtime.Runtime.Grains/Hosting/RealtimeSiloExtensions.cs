using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Metadata;
using Orleans.Placement;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Stores;
using OrleansRealtime.Runtime.Grains.Actors;
using OrleansRealtime.Runtime.Grains.Delivery;
using OrleansRealtime.Runtime.Grains.Membership;
using OrleansRealtime.Runtime.Grains.Placement;
using OrleansRealtime.Runtime.Grains.Subscribers;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>Adds channels and users to an Orleans cluster.</summary>
public static class RealtimeSiloExtensions
{
    /// <summary>
    /// Makes this silo carry channels, users and edges. Needs an <see cref="IChannelPolicies"/>; uses an <see cref="IChannelLog"/>,
    /// <see cref="IGrantStore"/>, <see cref="IUserStore"/> and the behaviours that are registered.
    /// </summary>
    /// <remarks>
    /// Without stores, grants and users live as long as this process and no channel can be durable: good for one silo only.
    /// All silos of a cluster must have the same policies and the same stores. Add it before the edge: hosted services stop in
    /// reverse order, so the edge drains while actors still answer.
    /// </remarks>
    public static ISiloBuilder AddRealtime(this ISiloBuilder builder, Action<RealtimeSiloOptions>? configure = null)
    {
        var services = builder.Services;
        services.AddOptions<RealtimeSiloOptions>()
            .Configure(configure ?? (static _ => { }))
            .Validate<IServiceProvider>(
                static (_, provider) => provider.GetService<IChannelPolicies>() is not null,
                "Channels need policies: give some to AddRealtime, or register an IChannelPolicies.")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<RealtimeSiloOptions>, RealtimeSiloOptionsValidator>();
        services.TryAddKeyedSingleton(RealtimeTime.Key, TimeProvider.System);
        services.TryAddSingleton<IGrantStore, MemoryGrantStore>();
        services.TryAddSingleton<IUserStore, MemoryUserStore>();
        services.AddSingleton(static provider => new RealtimeStores(
            provider.GetService<IChannelLog>(),
            provider.GetRequiredService<IGrantStore>(),
            provider.GetRequiredService<IUserStore>()));
        services.AddRealtimeSerialization();
        services.AddMetrics();
        services.AddSingleton<RealtimeMetrics>();
        services.AddSingleton<ActorSweep>();
        services.AddSingleton<RealtimeSilo>();
        AddRoles(services);
        AddMembership(services);
        AddDelivery(services);
        builder.AddInboxStreams();
        services.AddRealtimeCalls();
        AddSubscribers(builder);
        services.AddHostedService<SweepService>();
        return builder;
    }

    /// <summary>Adds channels with these policies, as <see cref="AddRealtime(ISiloBuilder, Action{RealtimeSiloOptions})"/> does.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="policies">
    /// One for each namespace; checked when the silo starts, by <see cref="FixedPolicies"/>. The same in all silos and edges.
    /// </param>
    /// <param name="configure">The options, or null for the defaults.</param>
    public static ISiloBuilder AddRealtime(
        this ISiloBuilder builder, IEnumerable<ChannelPolicy> policies, Action<RealtimeSiloOptions>? configure = null)
    {
        ImmutableArray<ChannelPolicy> fixedPolicies = [.. policies];
        builder.Services.AddSingleton<IChannelPolicies>(provider =>
            new FixedPolicies(new PolicySurroundings(HasStore: provider.GetService<IChannelLog>() is not null), fixedPolicies));
        return builder.AddRealtime(configure);
    }

    /// <summary>
    /// Gives every channel of a namespace a grain that listens to it: the one whose key is the channel's name. It is brought up when the
    /// channel is, and after every publication, within 10 s; to hear them it subscribes when it is activated.
    /// </summary>
    /// <remarks>
    /// To be called alike in all silos. The call is made by the channel's silo and tried again until it succeeds; when that silo
    /// dies first, the channel's next activation makes it. A grain that is already active notices nothing of it.
    /// </remarks>
    /// <typeparam name="TGrain">The grain's interface.</typeparam>
    public static ISiloBuilder AddChannelSubscriber<TGrain>(this ISiloBuilder builder, string @namespace)
        where TGrain : IGrainWithStringKey
    {
        builder.Services.AddSingleton(new ChannelSubscriberGrain(
            @namespace, static (grains, channel) => grains.GetGrain<TGrain>(channel.Value)));
        return builder;
    }

    /// <summary>Lets an Orleans client publish, read presence and administer: <see cref="IChannels"/> and <see cref="IUsers"/>.</summary>
    public static IClientBuilder AddRealtimeClient(this IClientBuilder builder)
    {
        builder.Services.AddRealtimeSerialization();
        builder.Services.AddRealtimeCalls();
        return builder;
    }

    private static void AddRealtimeCalls(this IServiceCollection services)
    {
        services.AddSingleton<PublishQueues>();
        services.AddSingleton<IChannels, GrainChannels>();
        services.AddSingleton<IUsers, GrainUsers>();
    }

    private static void AddRoles(IServiceCollection services)
    {
        services.AddPlacementFilter<RealtimeActorSilos, RealtimeActorSilosDirector>(ServiceLifetime.Singleton);
        services.AddSingleton<IGrainPropertiesProvider, RoleInManifest>();
    }

    private static void AddMembership(IServiceCollection services)
    {
        services.AddSingleton<EdgeHomes>();
        services.AddSingleton<AttachedChannels>();
        services.AddSingleton<EdgeOrigin>();
        services.AddSingleton<LostSilos>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<LostSilos>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LastWords>();
    }

    private static void AddSubscribers(ISiloBuilder builder)
    {
        builder.Services.AddSingleton<SubscriberEdge>();
        builder.Services.AddSingleton<SubscriberWakes>();
        builder.AddGrainExtension<ISubscriberWake, SubscriberWake>();
    }

    private static void AddDelivery(IServiceCollection services)
    {
        services.AddGrainService<EdgeGate>();
        services.AddSingleton<EdgeGates>();
        services.AddSingleton<EdgeFinder>();
        services.AddSingleton<LocalEdges>();
        services.AddSingleton<EdgeRouter>();
        services.AddSingleton<IEdgeDirectory>(static provider => provider.GetRequiredService<LocalEdges>());
        services.AddSingleton<IDelivery>(static provider => provider.GetRequiredService<EdgeRouter>());
    }
}
