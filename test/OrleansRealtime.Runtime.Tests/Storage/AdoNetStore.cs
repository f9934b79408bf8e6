using System.Data.Common;
using System.Diagnostics.Metrics;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Contract.Storage;
using OrleansRealtime.Storage.AdoNet;

namespace OrleansRealtime.Runtime.Tests.Storage;

/// <summary>A database of its own for one test, with one or more processes on it as far as the store can tell.</summary>
internal abstract class AdoNetStore : ChannelLogFixture
{
    private readonly List<DbDataSource> _sources = [];
    private readonly List<AdoNetStorage> _storages = [];

    public abstract Dialect Dialect { get; }

    public StorageOptions Options { get; } = new();

    public IMeterFactory? Meters { get; set; }

    public AdoNetStorage Storage => _storages[0];

    public override IChannelLog Log => Storage.ChannelLog;

    /// <summary>Begins a transaction in which nobody else can write.</summary>
    public abstract string BlockWritersSql { get; }

    /// <summary>Makes the database refuse publications of the sender «poison» when they are inserted.</summary>
    public abstract string RefusePoisonSql { get; }

    /// <summary>Makes the database refuse publications of the sender «late» when they are committed.</summary>
    public abstract string RefuseLateAtCommitSql { get; }

    public abstract DbDataSource CreateDataSource();

    /// <summary>A connection beside the store's.</summary>
    public async Task<DbConnection> ConnectAsync()
    {
        var source = CreateDataSource();
        _sources.Add(source);
        return await source.OpenConnectionAsync();
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await ExecuteAsync(connection, sql);
    }

    public static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Starts another process on the same database.</summary>
    public Task<AdoNetStorage> StartAnotherAsync() => AddAsync();

    public override async ValueTask StartAsync() => await AddAsync();

    public override async ValueTask RestartAsync()
    {
        await StopAsync();
        await AddAsync();
    }

    public override async ValueTask<IChannelLog> OpenSecondAsync() => (await AddAsync()).ChannelLog;

    public override ValueTask TrimAsync() => Storage.TrimAsync(CancellationToken.None);

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        await DeleteAsync();
    }

    protected abstract ValueTask DeleteAsync();

    private async Task<AdoNetStorage> AddAsync()
    {
        var source = CreateDataSource();
        _sources.Add(source);
        var storage = new AdoNetStorage(Dialect, source, Options, Time, meters: Meters);
        _storages.Add(storage);
        await storage.StartAsync(CancellationToken.None);
        return storage;
    }

    private async ValueTask StopAsync()
    {
        foreach (var storage in _storages)
        {
            await storage.DisposeAsync();
        }

        foreach (var source in _sources)
        {
            await source.DisposeAsync();
        }

        _storages.Clear();
        _sources.Clear();
    }
}
