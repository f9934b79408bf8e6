using System.Data.Common;
using Npgsql;
using OrleansRealtime.Runtime.Grains;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Runtimes.OrleansTables;

namespace OrleansRealtime.Server.Runtimes.Silos;

/// <summary>Puts the silo of this process together as the configuration says.</summary>
internal static class ServerSilo
{
    /// <summary>Adds the silo, and the installation of the tables that it needs.</summary>
    public static void Add(IServiceCollection services, RealtimeOptions options)
    {
        // Before the silo, which looks for the tables as soon as it starts.
        services.AddSingleton<IHostedService>(provider => new TableStart(
            [.. Tables(provider, options)], provider.GetRequiredService<ILogger<TableStart>>()));
        services.AddOrleans(silo =>
        {
            SiloClustering.Use(silo, options);
            GrainStorage.Add(silo, options.Storage);
            SiloTls.Use(silo, options.Cluster.Tls);
            if (options.Cluster.Dashboard)
            {
                OrleansDashboard.Add(silo);
            }

            silo.AddRealtime(realtime =>
            {
                realtime.Role = RoleOf(options.Cluster.Role);
                realtime.IdleTimeout = options.Cluster.IdleTimeout;
            });
        });
    }

    private static SiloRole RoleOf(NodeRole role) => role switch
    {
        NodeRole.Both => SiloRole.Both,
        NodeRole.Edge => SiloRole.Edge,
        NodeRole.Silo => SiloRole.Silo,
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    private static IEnumerable<TableTarget> Tables(IServiceProvider provider, RealtimeOptions options)
    {
        var sharesStore = options.Cluster.Mode == ClusterMode.AdoNet && options.Cluster.AdoNet is null;
        if (options.Storage.Provider != StorageProvider.None)
        {
            var scripts = options.Storage.Provider == StorageProvider.Sqlite ? TableScripts.Sqlite : TableScripts.PostgreSql;
            yield return new TableTarget(
                "Realtime:Storage",
                provider.GetRequiredService<DbDataSource>(),
                scripts,
                sharesStore ? [TablePart.Storage, TablePart.Membership] : [TablePart.Storage]);
        }

        if (options.Cluster is { Mode: ClusterMode.AdoNet, AdoNet: { } own })
        {
            yield return new TableTarget(
                "Realtime:Cluster:AdoNet", NpgsqlDataSource.Create(own.Reveal()), TableScripts.PostgreSql, [TablePart.Membership])
            {
                IsOwned = true,
            };
        }
    }
}
