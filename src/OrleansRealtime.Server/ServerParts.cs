using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;
using OrleansRealtime.Edge;
using OrleansRealtime.Edge.Sockets;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Health;
using OrleansRealtime.Server.Memory;
using OrleansRealtime.Server.Metrics;
using OrleansRealtime.Server.Operators;
using OrleansRealtime.Server.Runtimes;
using OrleansRealtime.Server.WarmUp;
using OrleansRealtime.Storage.AdoNet;

namespace OrleansRealtime.Server;

/// <summary>Chooses the parts that the configuration asks for.</summary>
internal static class ServerParts
{
    /// <summary>Adds the store, the runtime and the edge.</summary>
    public static void Add(IServiceCollection services, RealtimeOptions options)
    {
        AddStorage(services, options.Storage);

        // Before the edge: hosted services stop in reverse order, so the edge drains while actors still answer.
        AddRuntime(services, options);
        if (options.Cluster.Role != NodeRole.Silo)
        {
            AddEdge(services, options);
        }

        services.AddHealthChecks();
        services.AddSingleton<MetricsCollector>();
        AddOptions(services, options);
    }

    /// <summary>Maps the endpoints of the edge and of the runtime.</summary>
    public static void Map(WebApplication app, RealtimeOptions options)
    {
        app.MapRealtime();
        OrleansRuntime.Map(app, options);
    }

    private static void AddEdge(IServiceCollection services, RealtimeOptions options)
    {
        WarmUpStart.Add(services, options);
        services.AddRealtimeEdge();
        services.AddRealtimeSockets(TrustedProxies.Applier(options.Edge.TrustedProxies));
        if (options is { Console: { Enabled: true } })
        {
            services.AddHostedService<ConsoleFeed>();
        }

        if (options.Memory.CompactWhenQuiet)
        {
            services.AddHostedService<HeapCompactor>();
        }
    }

    private static void AddRuntime(IServiceCollection services, RealtimeOptions options)
    {
        switch (options.Runtime ?? OrleansRuntime.Default)
        {
            case RuntimeChoice.Orleans:
                OrleansRuntime.Add(services, options);
                break;
            case RuntimeChoice.Embedded:
                services.AddEmbeddedRealtime();
                break;
        }
    }

    private static void AddStorage(IServiceCollection services, StoreOptions options)
    {
        switch (options.Provider)
        {
            case StorageProvider.Sqlite:
                SQLitePCL.Batteries_V2.Init();
                MakeFolderOf(new SqliteConnectionStringBuilder(options.ConnectionString).DataSource);
                services.AddAdoNetStorage(
                    Dialect.Sqlite(static exception => ((SqliteException)exception).SqliteExtendedErrorCode),
                    _ => SqliteFactory.Instance.CreateDataSource(options.ConnectionString));
                AddStoreReadiness(services);
                break;
            case StorageProvider.Postgresql:
                services.AddAdoNetStorage(Dialect.PostgreSql, _ => NpgsqlDataSource.Create(options.ConnectionString));
                AddStoreReadiness(services);
                break;
            case StorageProvider.None:
                break;
        }
    }

    private static void AddStoreReadiness(IServiceCollection services) =>
        services.AddHealthChecks().AddCheck<StoreReadiness>("store", tags: [HealthEndpoints.ReadyTag]);

    // What was read and checked is handed over as it is, so that no part reads the configuration again in another way.
    private static void AddOptions(IServiceCollection services, RealtimeOptions options)
    {
        services.AddSingleton(Options.Create(options.Storage.Log));
        services.AddSingleton(Options.Create(options.Embedded));
        services.AddSingleton(Options.Create(options.Authentication));
        services.AddSingleton(Options.Create(options.ApiKeys));
        services.AddSingleton(Options.Create(options.Edge));
        services.AddSingleton(Options.Create(options.Limits));
        services.AddSingleton(Options.Create(options.Drain));
    }

    private static void MakeFolderOf(string file)
    {
        if (file.Length > 0 && file != ":memory:" && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }
    }
}
