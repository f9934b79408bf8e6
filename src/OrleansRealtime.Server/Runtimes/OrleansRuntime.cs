using OrleansRealtime.Server.Configuration;
#if WITH_ORLEANS
using OrleansRealtime.Server.Runtimes.Silos;
#endif

namespace OrleansRealtime.Server.Runtimes;

/// <summary>The Orleans runtime, where it was built in: one silo in this process, alone or in a cluster.</summary>
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

    /// <summary>Adds the silo.</summary>
    /// <exception cref="NotSupportedException">This server was built without Orleans; the configuration is checked before.</exception>
    public static void Add(IServiceCollection services, RealtimeOptions options)
    {
#if WITH_ORLEANS
        ServerSilo.Add(services, options);
#else
        throw new NotSupportedException("This server was built without Orleans.");
#endif
    }

    /// <summary>Maps what operators see of the silos, where the runtime is Orleans and it is wanted.</summary>
    public static void Map(WebApplication app, RealtimeOptions options)
    {
#if WITH_ORLEANS
        if ((options.Runtime ?? Default) == RuntimeChoice.Orleans && options.Cluster.Dashboard)
        {
            OrleansDashboard.Map(app);
        }
#endif
    }

    /// <summary>What is wrong with the address of a Redis, or null. The message does not show it, for it may hold a password.</summary>
    public static string? FaultOfRedis(string? address)
    {
        if (string.IsNullOrWhiteSpace(address))
        {
            return "redis needs its address here, e.g. 'localhost:6379'.";
        }

#if WITH_ORLEANS
        return SiloClustering.FaultOfRedis(address);
#else
        return null;
#endif
    }
}
