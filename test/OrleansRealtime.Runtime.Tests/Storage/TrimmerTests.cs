using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Tests.Storage;

public sealed class TrimmerTests : IAsyncLifetime
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly Epoch Epoch = new("e1");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly AdoNetStore _store = CreateStore();

    public Task InitializeAsync() => _store.StartAsync().AsTask();

    public Task DisposeAsync() => _store.DisposeAsync().AsTask();

    [Fact]
    public async Task Sweep_AfterARestart_TrimsChannelsThatNobodyOpened()
    {
        var opened = await _store.Log.OpenAsync(Room, Epoch, None);
        _store.Log.SetRetention(Room, new ReplayPolicy(100, 1000, TimeSpan.FromHours(1)), compact: false);
        await _store.TrimAsync();
        await _store.Log.AppendAsync(Room, opened.Fence, [Named(1), Named(2)], None);
        await _store.RestartAsync();
        _store.Time.Advance(TimeSpan.FromHours(2));

        await _store.TrimAsync();

        Assert.Empty(await _store.Log.ReadAsync(Room, Epoch, 0, 10, 10, 1000, None));
    }

    [Fact]
    public async Task Sweep_MessageIdsOlderThanTheirRetention_AreForgottenWithTheirPublications()
    {
        var opened = await _store.Log.OpenAsync(Room, Epoch, None);
        _store.Log.SetRetention(Room, new ReplayPolicy(1, 1000, TimeSpan.FromDays(100)), compact: false);
        await _store.Log.AppendAsync(Room, opened.Fence, [Named(1), Named(2)], None);
        _store.Time.Advance(_store.Log.MessageIdRetention + TimeSpan.FromMilliseconds(1));

        await _store.TrimAsync();

        Assert.Null(await _store.Log.FindMessageAsync(Room, Sender.OfServer("s"), "m1", None));
        Assert.NotNull(await _store.Log.FindMessageAsync(Room, Sender.OfServer("s"), "m2", None));
    }

    // Its refusal ended every sweep at the same place, and the store grew without limit behind it.
    [Fact]
    public async Task Sweep_ChannelWithDamagedRows_IsToldAndTheOthersAreTrimmed()
    {
        var other = ChannelName.Parse("chat:other");
        foreach (var channel in new[] { Room, other })
        {
            var opened = await _store.Log.OpenAsync(channel, Epoch, None);
            await _store.Log.AppendAsync(channel, opened.Fence, [Named(1), Named(2)], None);
        }

        await _store.ExecuteAsync("DELETE FROM ort_publications WHERE channel_id = 1 AND sequence = 1");
        await _store.ExecuteAsync("UPDATE ort_channels SET retain_count = 1, retain_bytes = 1000, retain_age_ms = 3600000");

        var told = await Assert.ThrowsAsync<StorageException>(() => _store.TrimAsync().AsTask());

        Assert.Contains(Room.Value, told.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(await _store.Log.ReadAsync(other, Epoch, 0, 10, 10, 1000, None)).Sequence);
    }

    [Fact]
    public async Task SetRetention_BeforeTheChannelExists_HoldsOnceItDoes()
    {
        _store.Log.SetRetention(Room, new ReplayPolicy(1, 1000, TimeSpan.FromDays(100)), compact: false);
        await _store.TrimAsync();
        var opened = await _store.Log.OpenAsync(Room, Epoch, None);
        await _store.Log.AppendAsync(Room, opened.Fence, [Named(1), Named(2)], None);

        await _store.TrimAsync();

        Assert.Equal(2, Assert.Single(await _store.Log.ReadAsync(Room, Epoch, 0, 10, 10, 1000, None)).Sequence);
    }

    private static SqliteStore CreateStore() => new();

    private Publication Named(long sequence) =>
        new(sequence, _store.Time.Now, Sender.OfServer("s"), "m" + sequence, null, Payload.Json("1"));
}
