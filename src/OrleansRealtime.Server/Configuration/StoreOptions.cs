using OrleansRealtime.Storage.AdoNet;

namespace OrleansRealtime.Server.Configuration;

/// <summary>Where channel logs, grants and users are kept. Section <c>Realtime:Storage</c>.</summary>
internal sealed class StoreOptions
{
    /// <summary><c>sqlite</c>, <c>postgresql</c> or <c>none</c>. Default sqlite.</summary>
    // SQLite needs nothing but a folder, so a newcomer's channels are durable from the first start.
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>The connection string of the provider. Default <c>Data Source=data/realtime.db</c>; relative to the working folder.</summary>
    public string ConnectionString { get; set; } = "Data Source=data/realtime.db";

    /// <summary>How the log writes, trims and gives up.</summary>
    public StorageOptions Log { get; } = new();
}

/// <summary>The stores that there are.</summary>
internal enum StorageProvider
{
    /// <summary>A file of this machine.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database.</summary>
    Postgresql,

    /// <summary>Nothing outlives the process; no channel can be durable.</summary>
    None,
}
