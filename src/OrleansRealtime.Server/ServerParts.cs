using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Health;
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
        services.AddEmbeddedRealtime(embedded => Copy(options.Embedded, embedded));
        services.AddSingleton(static provider => new Readiness(
            provider.GetRequiredService<IHostApplicationLifetime>(), provider.GetService<DbDataSource>()));
    }

    /// <summary>Maps the edge's endpoints.</summary>
    public static void Map(WebApplication app)
    {
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
                    _ => SqliteFactory.Instance.CreateDataSource(options.ConnectionString),
                    storage => Copy(options.Log, storage));
                break;
            case StorageProvider.Postgresql:
                services.AddAdoNetStorage(
                    Dialect.PostgreSql,
                    _ => NpgsqlDataSource.Create(options.ConnectionString),
                    storage => Copy(options.Log, storage));
                break;
            case StorageProvider.None:
                break;
        }
    }

    private static void MakeFolderOf(string file)
    {
        if (file.Length > 0 && file != ":memory:" && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }
    }

    // The owners of these options make their own instances; what was read and checked is copied into them.
    private static void Copy<T>(T from, T to)
    {
        foreach (var property in typeof(T).GetProperties().Where(static property => property.CanWrite))
        {
            property.SetValue(to, property.GetValue(from));
        }
    }
}
