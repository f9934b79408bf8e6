using OrleansRealtime.Server.Configuration;
#if WITH_ORLEANS
using OrleansRealtime.Runtime.Grains;
#endif

namespace OrleansRealtime.Server.Runtimes;

/// <summary>The Orleans runtime, where it was built in: one silo in this process.</summary>
internal static class OrleansRuntime
{
    /// <summary>Whether this server was built with Orleans.</summary>
    public static bool IsBuiltIn =>
#if WITH_ORLEANS
        true;
#else
        false;
#endif

    /// <summary>The runtime that serves when the configuration names none.</summary>
    public static RuntimeChoice Default => IsBuiltIn ? RuntimeChoice.Orleans : RuntimeChoice.Embedded;

    /// <summary>Adds a silo that is its own cluster and listens on loopback only.</summary>
    /// <exception cref="NotSupportedException">This server was built without Orleans; the configuration is checked before.</exception>
    public static void Add(IServiceCollection services, SiloEndpointOptions options)
    {
#if WITH_ORLEANS
        services.AddOrleans(silo =>
        {
            silo.UseLocalhostClustering(options.SiloPort, options.GatewayPort);
            silo.AddRealtime(realtime => realtime.Role = Enum.Parse<SiloRole>(options.Role.ToString()));
        });
#else
        throw new NotSupportedException("This server was built without Orleans.");
#endif
    }
}
