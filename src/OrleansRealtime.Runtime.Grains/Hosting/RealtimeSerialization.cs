using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>What Orleans' serialiser must know beyond the surrogates.</summary>
internal static class RealtimeSerialization
{
    /// <summary>
    /// The types that are written where a base type is declared, and the names by which silos of different
    /// versions know them. A name is never given to another type.
    /// </summary>
    private static readonly (string Alias, Type Type)[] Kinds =
    [
        ("realtime.publications", typeof(PublicationBatch)),
        ("realtime.signal-message", typeof(SignalMessage)),
        ("realtime.presence", typeof(PresenceMessage)),
        ("realtime.grants-message", typeof(GrantsMessage)),
        ("realtime.detached", typeof(DetachedMessage)),
        ("realtime.close-connections", typeof(CloseConnectionsMessage)),
        ("realtime.unavailable", typeof(ActorUnavailableException)),
        ("realtime.storage-failure", typeof(StorageException)),
    ];

    public static IServiceCollection AddRealtimeSerialization(this IServiceCollection services)
    {
        services.AddSerializer(static serializer => serializer.Configure(static options =>
        {
            foreach (var (alias, type) in Kinds)
            {
                options.WellKnownTypeAliases[alias] = type;
                options.AddAllowedType(type);
            }
        }));
        return services;
    }
}
