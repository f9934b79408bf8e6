using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Storage;

[RequiresPostgreSql]
public sealed class PostgreSqlLogWriterTests : LogWriterTests
{
    // Far below what the driver would wait in these tests, far above what a failure by the test's clock takes.
    private static readonly TimeSpan LimitOfTheDriver = TimeSpan.FromSeconds(20);

    private readonly PostgreSqlStore _store;

    public PostgreSqlLogWriterTests()
        : this(new PostgreSqlStore())
    {
    }

    private PostgreSqlLogWriterTests(PostgreSqlStore store)
        : base(store) => _store = store;

    [StoreFact]
    public async Task Connections_ThatTheServerCutWhileIdle_AreReplacedUnseen()
    {
        await _store.StartAsync();
        var (channel, fence) = (await OpenAsync(1))[0];
        await Append(channel, fence, 1, "alice");
        await _store.Log.ReadAsync(channel, new Epoch("e1"), 0, 10, 10, 1000, CancellationToken.None);

        await _store.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        Assert.IsType<AppendedBatch>(await Append(channel, fence, 2, "alice"));
        Assert.Equal(2, (await _store.Log.ReadAsync(channel, new Epoch("e1"), 0, 10, 10, 1000, CancellationToken.None)).Length);
    }

    // The driver waits for the answer, then for its cancellation, then for a new connection; without a limit of the store's own,
    // publishers heard nothing for a minute.
    [StoreFact]
    public async Task Append_WhileTheServerIsSilent_FailsInTimeAndTheWriterGoesOn()
    {
        await StartBehindProxyAsync();
        var (channel, fence) = (await OpenAsync(1))[0];
        await Append(channel, fence, 1, "alice");

        _store.Proxy!.StallToClient();
        var armed = _store.Time.WhenArmed(2);
        var silent = Append(channel, fence, 2, "alice");
        await armed;
        _store.Time.Advance(_store.Options.StatementTimeout * 1.5);

        Assert.True((await Assert.ThrowsAsync<StorageException>(() => silent.WaitAsync(LimitOfTheDriver))).IsTransient);
        _store.Proxy.Resume();
        var opened = await _store.Log.OpenAsync(channel, new Epoch("e2"), CancellationToken.None);

        // The server heard of the one that was given up, and whoever opens the channel hears what became of it.
        var stored = await _store.Log.ReadAsync(channel, new Epoch("e1"), 0, 10, 10, 1000, CancellationToken.None);
        Assert.Equal(opened.Last.Sequence, stored[^1].Sequence);
        Assert.IsType<AppendedBatch>(await Append(channel, opened.Fence, opened.Last.Sequence + 1, "bob"));
    }

    // An append is one round trip with its commit. Tried again after the answer was lost it does not follow what is stored by then, and
    // "fenced off" would say that it is not stored.
    [StoreFact]
    public async Task Append_WhoseAnswerIsLost_IsStoredOnceAndItsOutcomeIsUnknown()
    {
        await StartBehindProxyAsync();
        var (channel, fence) = (await OpenAsync(1))[0];
        await Append(channel, fence, 1, "alice");

        _store.Proxy!.StallToClient();
        var lost = Append(channel, fence, 2, "alice");
        await WhenStoredAsync(2, lost);
        _store.Proxy.Cut();
        _store.Proxy.Resume();

        Assert.True((await Assert.ThrowsAsync<StorageException>(() => lost.WaitAsync(LimitOfTheDriver))).IsTransient);
        Assert.Equal(2, await Read(channel));
        var opened = await _store.Log.OpenAsync(channel, new Epoch("e2"), CancellationToken.None);
        Assert.Equal(2, opened.Last.Sequence);
        Assert.IsType<AppendedBatch>(await Append(channel, opened.Fence, 3, "alice"));
    }

    // Without the row lock it would return the position before the append, which then succeeds with the older fence.
    [StoreFact]
    public async Task Open_WhileAnotherOwnersAppendIsUnderWay_WaitsForItAndSeesIt()
    {
        await _store.StartAsync();
        var second = (await _store.StartAnotherAsync()).ChannelLog;
        var (channel, fence) = (await OpenAsync(1))[0];
        await _store.ExecuteAsync("""
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$;
            CREATE TRIGGER wait BEFORE INSERT ON ort_publications FOR EACH ROW EXECUTE FUNCTION wait();
            """);
        await using var blocker = await _store.ConnectAsync();
        await AdoNetStore.ExecuteAsync(blocker, "BEGIN; SELECT pg_advisory_xact_lock(1)");

        var append = Append(channel, fence, 1, "alice");
        await WhenBlockedAsync(1, append);
        var open = second.OpenAsync(channel, new Epoch("e2"), CancellationToken.None).AsTask();
        await WhenBlockedAsync(2, open);
        await AdoNetStore.ExecuteAsync(blocker, "ROLLBACK");

        Assert.IsType<AppendedBatch>(await append);
        Assert.Equal(1, (await open).Last.Sequence);
    }

    [StoreFact]
    public async Task Read_WhileTheServerIsSilent_FailsInTimeAndAlsoForThoseWhoWaitForAConnection()
    {
        _store.Options.ReaderConnections = 1;
        await StartBehindProxyAsync();
        var (channel, fence) = (await OpenAsync(1))[0];
        await Append(channel, fence, 1, "alice");

        _store.Proxy!.StallToClient();
        var armed = _store.Time.WhenArmed(3);
        var reads = new[] { Read(channel), Read(channel) };
        await armed;
        _store.Time.Advance(_store.Options.StatementTimeout * 1.5);

        Assert.True((await Assert.ThrowsAsync<StorageException>(() => reads[0].WaitAsync(LimitOfTheDriver))).IsTransient);
        Assert.True((await Assert.ThrowsAsync<StorageException>(() => reads[1].WaitAsync(LimitOfTheDriver))).IsTransient);
        _store.Proxy.Resume();
        Assert.Equal(1, await Read(channel));
    }

    /// <summary>With times of which only the test's clock can reach the end, and a trimmer that does nothing meanwhile.</summary>
    private async Task StartBehindProxyAsync()
    {
        _store.Options.StatementTimeout = LimitOfTheDriver * 10;
        _store.Options.TrimInterval = TimeSpan.FromHours(1);
        _store.CreateProxy = static port => new FaultProxy(port);
        await _store.StartAsync();
    }

    /// <summary>Completes when so many sessions wait for locks, or <paramref name="otherwise"/> has gone through.</summary>
    private async Task WhenBlockedAsync(long sessions, Task otherwise)
    {
        await using var connection = await _store.ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while (!otherwise.IsCompleted && (long)(await command.ExecuteScalarAsync())! < sessions)
        {
        }
    }

    /// <summary>Completes when so many publications are in the table, or <paramref name="otherwise"/> has gone through.</summary>
    private async Task WhenStoredAsync(long publications, Task otherwise)
    {
        await using var connection = await _store.ConnectDirectlyAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM ort_publications";
        while (!otherwise.IsCompleted && (long)(await command.ExecuteScalarAsync())! < publications)
        {
        }
    }

    private async Task<int> Read(ChannelName channel) =>
        (await _store.Log.ReadAsync(channel, new Epoch("e1"), 0, 10, 10, 1000, CancellationToken.None)).Length;
}
