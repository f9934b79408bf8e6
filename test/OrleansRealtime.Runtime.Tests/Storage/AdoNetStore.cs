using System.Data.Common;
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

    public AdoNetStorage Storage => _storages[0];

    public override IChannelLog Log => Storage.ChannelLog;

    public abstract DbDataSource CreateDataSource();

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
        var storage = new AdoNetStorage(Dialect, source, Options, Time);
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
