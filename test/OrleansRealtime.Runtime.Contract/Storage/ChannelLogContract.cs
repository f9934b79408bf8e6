using System.Collections.Immutable;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Contract.Storage;

/// <summary>What every <see cref="IChannelLog"/> owes. The parts by topic lie beside this file.</summary>
public abstract partial class ChannelLogContract : IAsyncLifetime
{
    private static readonly Epoch First = new("e1");
    private static readonly CancellationToken None = CancellationToken.None;

    private ChannelLogFixture Store { get; set; } = null!;

    private IChannelLog Log => Store.Log;

    private static ChannelName Room { get; } = ChannelName.Parse("chat:room");

    protected abstract ChannelLogFixture CreateStore();

    public async Task InitializeAsync()
    {
        Store = CreateStore();
        await Store.StartAsync();
    }

    public async Task DisposeAsync() => await Store.DisposeAsync();

    [StoreFact]
    public async Task Open_NewChannel_StartsWithTheGivenEpochAndFenceOne()
    {
        var opened = await Log.OpenAsync(Room, First, None);

        Assert.Equal(new OpenedLog(new Position(First, 0), 1, new Fence(1)), opened);
    }

    [StoreFact]
    public async Task Open_KnownChannel_KeepsItsEpochAndGivesAHigherFence()
    {
        var first = await Log.OpenAsync(Room, First, None);
        await AppendAsync(first.Fence, 1, 3);

        var second = await Log.OpenAsync(Room, new Epoch("e2"), None);

        Assert.Equal(new Position(First, 3), second.Last);
        Assert.Equal(1, second.Oldest);
        Assert.True(second.Fence.Number > first.Fence.Number);
    }

    [StoreFact]
    public async Task Append_OfTheOwner_IsReadBackByteForByte()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        ImmutableArray<Publication> batch =
        [
            new(1, Store.Time.Now, Sender.OfUser(UserId.Parse("alice")), "m1", "k1", Payload.Json("""{"a":"ä"}""")),
            new(2, Store.Time.Now.AddMilliseconds(1), Sender.OfServer("backend"), null, null, Payload.Binary(new byte[] { 0, 255 })),
            new(3, Store.Time.Now.AddMilliseconds(2), Sender.OfServer("backend"), null, null, Payload.Binary(Array.Empty<byte>())),
        ];

        Assert.IsType<AppendedBatch>(await Log.AppendAsync(Room, opened.Fence, batch, None));

        Assert.Equal<Publication>(batch, await ReadAllAsync());
    }

    [StoreFact]
    public async Task Append_BatchAfterBatch_ContinuesTheNumbers()
    {
        var opened = await Log.OpenAsync(Room, First, None);

        Assert.IsType<AppendedBatch>(await AppendAsync(opened.Fence, 1, 2));
        Assert.IsType<AppendedBatch>(await AppendAsync(opened.Fence, 3, 1));

        await AssertStoredAsync(1, 2, 3);
    }

    [StoreFact]
    public async Task Append_WithALowerFence_IsFencedOffAndStoresNothing()
    {
        var old = await Log.OpenAsync(Room, First, None);
        await Log.OpenAsync(Room, First, None);

        Assert.IsType<AppendFencedOff>(await AppendAsync(old.Fence, 1, 1));

        await AssertStoredAsync();
    }

    [StoreFact]
    public async Task Append_OfNothing_SaysWhetherTheFenceHolds()
    {
        var first = await Log.OpenAsync(Room, First, None);
        Assert.Equal(AppendOutcome.Appended, await Log.AppendAsync(Room, first.Fence, [], None));

        var second = await Log.OpenAsync(Room, First, None);

        Assert.Equal(AppendOutcome.FencedOff, await Log.AppendAsync(Room, first.Fence, [], None));
        Assert.Equal(AppendOutcome.Appended, await Log.AppendAsync(Room, second.Fence, [], None));
        Assert.Equal(0, (await Log.OpenAsync(Room, First, None)).Last.Sequence);
    }

    [StoreFact]
    public async Task Append_ThatDoesNotFollowTheLast_StoresNothing()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        await AppendAsync(opened.Fence, 1, 2);

        Assert.IsNotType<AppendedBatch>(await AppendOrFailAsync(opened.Fence, 2, 1));
        Assert.IsNotType<AppendedBatch>(await AppendOrFailAsync(opened.Fence, 4, 1));

        await AssertStoredAsync(1, 2);
    }

    [StoreFact]
    public async Task Append_WithHolesInTheBatch_IsABug()
    {
        var opened = await Log.OpenAsync(Room, First, None);

        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Log.AppendAsync(Room, opened.Fence, [Text(1), Text(3)], None));
        await AssertStoredAsync();
    }

    [StoreFact]
    public async Task Channels_OfOneStore_AreApart()
    {
        var other = ChannelName.Parse("chat:other");
        var opened = await Log.OpenAsync(Room, First, None);
        var openedOther = await Log.OpenAsync(other, new Epoch("e9"), None);
        await AppendAsync(opened.Fence, 1, 2);

        Assert.Equal(new Position(new Epoch("e9"), 0), openedOther.Last);
        Assert.Empty(await Log.ReadAsync(other, new Epoch("e9"), 0, long.MaxValue, 10, 1000, None));
    }

    [StoreFact]
    public async Task Restart_AfterAppends_KeepsPositionPublicationsAndFence()
    {
        var before = await Log.OpenAsync(Room, First, None);
        await AppendAsync(before.Fence, 1, 5);
        await Store.RestartAsync();

        var after = await Log.OpenAsync(Room, new Epoch("e2"), None);

        Assert.Equal(new Position(First, 5), after.Last);
        Assert.True(after.Fence.Number > before.Fence.Number);
        Assert.IsType<AppendFencedOff>(await AppendAsync(before.Fence, 6, 1));
        await AssertStoredAsync(1, 2, 3, 4, 5);
    }

    private static Publication Text(
        long sequence, string? messageId = null, string? key = null, string json = "1", DateTimeOffset? time = null) =>
        new(
            sequence,
            time ?? new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero),
            Sender.OfUser(UserId.Parse("alice")),
            messageId,
            key,
            Payload.Json(json));

    private ValueTask<AppendOutcome> AppendAsync(Fence fence, long first, int count) =>
        Log.AppendAsync(
            Room, fence, [.. Enumerable.Range(0, count).Select(i => Text(first + i, time: Store.Time.Now))], None);

    private ValueTask<AppendOutcome> AppendAsync(Fence fence, params ImmutableArray<Publication> batch) =>
        Log.AppendAsync(Room, fence, batch, None);

    private async ValueTask<AppendOutcome?> AppendOrFailAsync(Fence fence, long first, int count)
    {
        try
        {
            return await AppendAsync(fence, first, count);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private ValueTask<ImmutableArray<Publication>> ReadAllAsync() =>
        Log.ReadAsync(Room, First, 0, long.MaxValue, int.MaxValue, long.MaxValue, None);

    private async Task AssertStoredAsync(params long[] expected) => Assert.Equal(expected, Sequences(await ReadAllAsync()));

    private static long[] Sequences(ImmutableArray<Publication> publications) =>
        [.. publications.Select(static publication => publication.Sequence)];

    private static ReplayPolicy Keep(int count = int.MaxValue, long bytes = long.MaxValue, TimeSpan? age = null) =>
        new(count, bytes, age ?? TimeSpan.FromDays(365));
}
