using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Storage;

/// <summary>How a database comes to its schema; on every database.</summary>
public abstract class SchemaInstallerTests : IAsyncLifetime
{
    private readonly AdoNetStore _store;

    private protected SchemaInstallerTests(AdoNetStore store) => _store = store;

    public Task InitializeAsync() => _store.StartAsync().AsTask();

    public Task DisposeAsync() => _store.DisposeAsync().AsTask();

    [StoreFact]
    public async Task Start_OnAnInstalledSchema_ChangesNothing()
    {
        await _store.Log.OpenAsync(ChannelName.Parse("chat:room"), new Epoch("e1"), CancellationToken.None);

        var another = await _store.StartAnotherAsync();

        var opened = await another.ChannelLog.OpenAsync(ChannelName.Parse("chat:room"), new Epoch("e2"), CancellationToken.None);
        Assert.Equal(new Epoch("e1"), opened.Last.Epoch);
    }

    [StoreFact]
    public async Task Start_OfManyProcessesAtOnce_InstallsOnce()
    {
        await _store.ExecuteAsync("""
            DROP TABLE ort_schema; DROP TABLE ort_channels; DROP TABLE ort_publications;
            DROP TABLE ort_message_ids; DROP TABLE ort_grants; DROP TABLE ort_users;
            """);

        var started = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(_store.StartAnotherAsync)));

        Assert.Equal(6, started.Length);
        Assert.Equal(1, (await started[3].ChannelLog.OpenAsync(
            ChannelName.Parse("chat:room"), new Epoch("e1"), CancellationToken.None)).Fence.Number);
    }

    [StoreFact]
    public async Task Start_OnANewerSchema_IsRefusedAndSaysWhichVersions()
    {
        await _store.ExecuteAsync("INSERT INTO ort_schema (version) VALUES (7)");

        var refused = await Assert.ThrowsAsync<StorageException>(() => _store.StartAnotherAsync());

        Assert.False(refused.IsTransient);
        Assert.Contains("version 7", refused.Message, StringComparison.Ordinal);
        Assert.Contains("up to 2", refused.Message, StringComparison.Ordinal);
    }
}
