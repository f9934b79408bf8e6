using System.Collections.Immutable;
using System.Data.Common;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Storage.AdoNet;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Storage;

/// <summary>What becomes of appends when the database fails, is slow, or the process stops; on every database.</summary>
public abstract class LogWriterTests : IAsyncLifetime
{
    private static readonly Epoch Epoch = new("e1");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly AdoNetStore _store;

    private protected LogWriterTests(AdoNetStore store) => _store = store;

    private IChannelLog Log => _store.Log;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _store.DisposeAsync().AsTask();

    [StoreFact]
    public async Task Append_NextToOneTheDatabaseRefuses_IsStored()
    {
        await _store.StartAsync();
        await _store.ExecuteAsync(_store.RefusePoisonSql);
        var owners = await OpenAsync(10);

        var appends = await WhileBlockedAsync(() => owners.Select(
            (owner, i) => Append(owner.Channel, owner.Fence, 1, i == 4 ? "poison" : "alice")).ToList());

        for (var i = 0; i < appends.Count; i++)
        {
            if (i == 4)
            {
                Assert.False((await Assert.ThrowsAsync<StorageException>(() => appends[4])).IsTransient);
            }
            else
            {
                Assert.IsType<AppendedBatch>(await appends[i]);
            }
        }

        Assert.IsType<AppendedBatch>(await Append(owners[4].Channel, owners[4].Fence, 1, "alice"));
    }

    [StoreFact]
    public async Task Append_WhoseCommitFails_IsNotAcknowledgedAndTheWriterGoesOn()
    {
        await _store.StartAsync();
        await _store.ExecuteAsync(_store.RefuseLateAtCommitSql);
        var owners = await OpenAsync(2);

        var appends = await WhileBlockedAsync(() => new List<Task<AppendOutcome>>
        {
            Append(owners[0].Channel, owners[0].Fence, 1, "alice"),
            Append(owners[1].Channel, owners[1].Fence, 1, "late"),
        });

        // The first may have gone into a transaction of its own, before the other came.
        await Assert.ThrowsAsync<StorageException>(() => appends[1]);
        Assert.Empty(await Log.ReadAsync(owners[1].Channel, Epoch, 0, 10, 10, 1000, None));
        var reopened = await Log.OpenAsync(owners[1].Channel, Epoch, None);
        Assert.Equal(0, reopened.Last.Sequence);
        Assert.IsType<AppendedBatch>(await Append(owners[1].Channel, reopened.Fence, 1, "alice"));
    }

    [StoreFact]
    public async Task Append_BeyondTheQueue_IsRefusedAsTransientAndTheOthersAreStored()
    {
        _store.Options.MaxWaitingRequests = 2;
        _store.Options.MaxTransactionRequests = 1;
        await _store.StartAsync();
        var owners = await OpenAsync(6);

        var appends = await WhileBlockedAsync(() => owners.Select(owner => Append(owner.Channel, owner.Fence, 1, "alice")).ToList());
        await Task.WhenAll(appends).ContinueWith(static _ => { }, TaskScheduler.Default);

        // One is with the writer, two wait; it may have taken the first or not by the time the others came.
        Assert.InRange(appends.Count(static append => append.IsCompletedSuccessfully), 2, 3);
        foreach (var refused in appends.Where(static append => append.IsFaulted))
        {
            Assert.True((await Assert.ThrowsAsync<StorageException>(() => refused)).IsTransient);
        }
    }

    [StoreFact]
    public async Task Append_BeyondTheBytesThatMayWait_IsRefusedAsTransient()
    {
        _store.Options.MaxWaitingBytes = 64 * 1024;
        _store.Options.MaxTransactionRequests = 1;
        await _store.StartAsync();
        var owners = await OpenAsync(4);
        var large = Payload.Binary(new byte[40 * 1024]);

        var appends = await WhileBlockedAsync(
            () => owners.Select(owner => Append(owner.Channel, owner.Fence, 1, "alice", large)).ToList());
        await Task.WhenAll(appends).ContinueWith(static _ => { }, TaskScheduler.Default);

        Assert.InRange(appends.Count(static append => append.IsCompletedSuccessfully), 1, 2);
        Assert.Contains(appends, static append =>
            append.Exception?.InnerException is StorageException { IsTransient: true } refused
            && refused.Message.Contains(nameof(StorageOptions.MaxWaitingBytes), StringComparison.Ordinal));
    }

    [StoreFact]
    public async Task Append_CalledOffWhileItWaits_IsNotStored()
    {
        _store.Options.MaxTransactionRequests = 1;
        await _store.StartAsync();
        var owners = await OpenAsync(3);
        using var callOff = new CancellationTokenSource();

        var appends = await WhileBlockedAsync(() =>
        {
            var waiting = owners.Select(owner => Append(owner.Channel, owner.Fence, 1, "alice", cancellationToken: callOff.Token)).ToList();
            callOff.Cancel();
            return waiting;
        });
        await Task.WhenAll(appends).ContinueWith(static _ => { }, TaskScheduler.Default);

        // Only what the writer had taken already is stored and answered.
        Assert.InRange(appends.Count(static append => append.IsCompletedSuccessfully), 0, 1);
        for (var i = 0; i < appends.Count; i++)
        {
            var stored = await Log.ReadAsync(owners[i].Channel, Epoch, 0, 10, 10, 1000, None);
            Assert.Equal(appends[i].IsCompletedSuccessfully ? 1 : 0, stored.Length);
            Assert.True(appends[i].IsCompletedSuccessfully || appends[i].IsCanceled);
        }
    }

    [StoreFact]
    public async Task Stop_WithAppendsWaiting_StoresAndAnswersThem()
    {
        await _store.StartAsync();
        var owners = await OpenAsync(50);
        var appends = owners.Select(owner => Append(owner.Channel, owner.Fence, 1, "alice")).ToList();

        await _store.RestartAsync();

        Assert.All(await Task.WhenAll(appends), static outcome => Assert.IsType<AppendedBatch>(outcome));
        foreach (var owner in owners)
        {
            Assert.Single(await Log.ReadAsync(owner.Channel, Epoch, 0, 10, 10, 1000, None));
        }
    }

    [StoreFact]
    public async Task Append_AfterTheStop_IsRefusedAsTransient()
    {
        await _store.StartAsync();
        var (channel, fence) = (await OpenAsync(1))[0];
        await _store.Storage.DisposeAsync();

        var refused = await Assert.ThrowsAsync<StorageException>(() => Append(channel, fence, 1, "alice"));

        Assert.True(refused.IsTransient);
    }

    private protected Task<AppendOutcome> Append(
        ChannelName channel,
        Fence fence,
        long sequence,
        string sender,
        Payload? payload = null,
        CancellationToken cancellationToken = default)
    {
        var publication = new Publication(
            sequence, _store.Time.Now, Sender.FromValue(sender), "m" + sequence, null, payload ?? Payload.Json("1"));
        return AppendAsync(channel, fence, [publication], cancellationToken);
    }

    private protected async Task<List<(ChannelName Channel, Fence Fence)>> OpenAsync(int count)
    {
        var owners = new List<(ChannelName, Fence)>();
        for (var i = 0; i < count; i++)
        {
            var channel = ChannelName.Parse("many:" + i);
            owners.Add((channel, (await Log.OpenAsync(channel, Epoch, None)).Fence));
        }

        return owners;
    }

    /// <summary>Asynchronous, so that a refusal is a failed task as any other.</summary>
    private async Task<AppendOutcome> AppendAsync(
        ChannelName channel, Fence fence, ImmutableArray<Publication> batch, CancellationToken cancellationToken) =>
        await Log.AppendAsync(channel, fence, batch, cancellationToken);

    /// <summary>Keeps the writer waiting for the database while <paramref name="act"/> runs.</summary>
    private async Task<T> WhileBlockedAsync<T>(Func<T> act)
    {
        await using DbConnection blocker = await _store.ConnectAsync();
        await AdoNetStore.ExecuteAsync(blocker, _store.BlockWritersSql);
        try
        {
            return act();
        }
        finally
        {
            await AdoNetStore.ExecuteAsync(blocker, "ROLLBACK");
        }
    }
}
