using System.Net;
using Npgsql;
using OrleansRealtime.Server.Runtimes;

namespace OrleansRealtime.Server.Configuration;

/// <summary>Finds what keeps the configured cluster from coming to life, or from staying one. Pure, but for the files of certificates.</summary>
internal static class ClusterMistakes
{
    private const int MaxIdLength = 150;

    /// <summary>All mistakes of the section <c>Realtime:Cluster</c>, and of what a cluster needs elsewhere.</summary>
    /// <param name="options">All options.</param>
    /// <param name="needsKeys">Whether no keys are made up.</param>
    public static IEnumerable<ConfigurationMistake> Of(RealtimeOptions options, bool needsKeys)
    {
        var cluster = options.Cluster;
        IEnumerable<ConfigurationMistake> ofMode = cluster.Mode switch
        {
            ClusterMode.Localhost => OfOneProcess(cluster),
            _ when RuntimeOf(options) == RuntimeChoice.Embedded => [NoCluster(cluster, options.Runtime is null)],
            _ => [.. OfMembers(options), .. OfShared(options, needsKeys)],
        };
        return [.. ofMode, .. OfNames(cluster), .. OfTls(cluster.Tls)];
    }

    private static RuntimeChoice RuntimeOf(RealtimeOptions options) => options.Runtime ?? OrleansRuntime.Default;

    private static IEnumerable<ConfigurationMistake> OfOneProcess(RealtimeClusterOptions cluster)
    {
        if (cluster.Role != NodeRole.Both)
        {
            yield return Mistake("Role", $"localhost is a cluster of one process, so it must be both, and not {ScalarValue.ToWord(cluster.Role)}.");
        }

        if (cluster.Address is not null)
        {
            yield return Mistake("Address", "localhost listens on loopback only: leave it out, or set Mode to redis or adonet.");
        }
    }

    private static ConfigurationMistake NoCluster(RealtimeClusterOptions cluster, bool isDefault) => Mistake(
        "Mode",
        isDefault
            ? $"this server was built without the Orleans runtime, and without it there is no cluster: {ScalarValue.ToWord(cluster.Mode)} has no effect."
            : $"the embedded runtime is one process: set Realtime:Runtime to orleans, or leave {ScalarValue.ToWord(cluster.Mode)} out.");

    private static IEnumerable<ConfigurationMistake> OfMembers(RealtimeOptions options)
    {
        var cluster = options.Cluster;
        if (cluster.Mode == ClusterMode.Redis)
        {
            if (OrleansRuntime.FaultOfRedis(cluster.Redis?.Reveal()) is { } fault)
            {
                yield return Mistake("Redis", fault);
            }
        }
        else if (cluster.AdoNet is { } own)
        {
            if (FaultOf(own.Reveal()) is { } fault)
            {
                yield return Mistake("AdoNet", fault);
            }
        }
        else if (options.Storage.Provider != StorageProvider.Postgresql)
        {
            yield return Mistake("AdoNet", "adonet needs a PostgreSQL database for its members: name it here, or set Realtime:Storage to postgresql.");
        }

        if (cluster.Address is { } address && !IPAddress.TryParse(address, out _))
        {
            yield return Mistake("Address", $"'{address}' is no IP address.");
        }
    }

    private static string? FaultOf(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString).Host is { Length: > 0 }
                ? null
                : "it names no Host; adonet needs one like 'Host=localhost;Database=realtime;Username=realtime;Password=…'.";
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The driver's messages name the keyword and not the value, which may be a password.
            return $"is none of postgresql: {exception.Message}";
        }
    }

    private static IEnumerable<ConfigurationMistake> OfShared(RealtimeOptions options, bool needsKeys)
    {
        if (options.Storage.Provider != StorageProvider.Postgresql)
        {
            yield return new ConfigurationMistake(
                "Realtime:Storage:Provider",
                $"{ScalarValue.ToWord(options.Storage.Provider)} is for one node: channels, grants and users of a cluster need a store that all its "
                + "nodes share. Set it to postgresql.");
        }

        var authentication = options.Authentication;
        var hasKeys = needsKeys || authentication.Keys.Count > 0 || authentication.JwksUri is not null;
        if (options.Cluster.Role != NodeRole.Silo && hasKeys
            && authentication.TicketSecret is null && authentication.Keys.All(static key => key.Secret is null))
        {
            yield return new ConfigurationMistake(
                "Realtime:Authentication:TicketSecret",
                "without it, and without an HS256 key to derive it from, a connection ticket is good only on the node that issued it. Give "
                + "all nodes the same: openssl rand 32 | basenc --base64url.");
        }
    }

    private static IEnumerable<ConfigurationMistake> OfNames(RealtimeClusterOptions cluster) =>
        from name in new[] { (Key: "ClusterId", Value: cluster.ClusterId), (Key: "ServiceId", Value: cluster.ServiceId) }
        where string.IsNullOrWhiteSpace(name.Value) || name.Value.Length > MaxIdLength
        select Mistake(name.Key, $"must be 1 to {MaxIdLength} characters.");

    private static IEnumerable<ConfigurationMistake> OfTls(SiloTlsOptions tls)
    {
        SiloCertificates.Read(tls, TimeProvider.System, out var mistake);
        return mistake is { } found ? [Mistake($"Tls:{found.Key}", found.Message)] : [];
    }

    private static ConfigurationMistake Mistake(string key, string message) => new($"{RealtimeOptions.Section}:Cluster:{key}", message);
}
