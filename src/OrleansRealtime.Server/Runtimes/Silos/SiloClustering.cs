using System.Net;
using Orleans.Configuration;
using OrleansRealtime.Server.Configuration;
using StackExchange.Redis;

namespace OrleansRealtime.Server.Runtimes.Silos;

/// <summary>Where the silo listens, and where it finds the others.</summary>
internal static class SiloClustering
{
    /// <summary>The name under which Orleans' ADO.NET providers know Npgsql.</summary>
    public const string PostgreSqlInvariant = "Npgsql";

    /// <summary>Configures the silo.</summary>
    public static void Use(ISiloBuilder silo, RealtimeOptions options)
    {
        var cluster = options.Cluster;
        if (cluster.Mode == ClusterMode.Localhost)
        {
            silo.UseLocalhostClustering(
                cluster.SiloPort, cluster.GatewayPort, primarySiloEndpoint: null, cluster.ServiceId, cluster.ClusterId);
            return;
        }

        silo.Configure<ClusterOptions>(names => (names.ClusterId, names.ServiceId) = (cluster.ClusterId, cluster.ServiceId));
        if (cluster.Address is { } address)
        {
            silo.ConfigureEndpoints(IPAddress.Parse(address), cluster.SiloPort, cluster.GatewayPort, listenOnAnyHostAddress: false);
        }
        else
        {
            silo.ConfigureEndpoints(cluster.SiloPort, cluster.GatewayPort);
        }

        if (cluster.Mode == ClusterMode.Redis)
        {
            silo.UseRedisClustering(cluster.Redis!.Reveal());
        }
        else
        {
            silo.UseAdoNetClustering(members =>
            {
                members.Invariant = PostgreSqlInvariant;
                members.ConnectionString = cluster.AdoNet?.Reveal() ?? options.Storage.ConnectionString;
            });
        }
    }

    /// <summary>What is wrong with the address of a Redis, or null; without showing it, for it may hold a password.</summary>
    public static string? FaultOfRedis(string address)
    {
        try
        {
            return ConfigurationOptions.Parse(address).EndPoints.Count > 0 ? null : "it names no server; redis needs one like 'localhost:6379'.";
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return "is no address of Redis; one is e.g. 'redis.internal:6379,password=…'.";
        }
    }
}
