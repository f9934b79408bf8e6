using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Contract.Storage;

public abstract partial class ChannelLogContract
{
    private static readonly Sender Alice = Sender.OfUser(UserId.Parse("alice"));
    private static readonly Sender Bob = Sender.OfUser(UserId.Parse("bob"));

    [StoreFact]
    public async Task Append_WithAKnownMessageId_StoresNothingAndSaysWhereItStands()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        await AppendAsync(opened.Fence, Text(1, "m1"), Text(2), Text(3, "m3"));

        var outcome = await AppendAsync(opened.Fence, Text(4, "m3"), Text(5, "m5"), Text(6, "m1"));

        var duplicates = Assert.IsType<AppendDuplicates>(outcome);
        Assert.Equal(
            [new KnownMessage(Alice, "m1", new Position(First, 1)), new KnownMessage(Alice, "m3", new Position(First, 3))],
            duplicates.Known.OrderBy(static known => known.Position.Sequence));
        await AssertStoredAsync(1, 2, 3);
        Assert.Null(await Log.FindMessageAsync(Room, Alice, "m5", None));
    }

    [StoreFact]
    public async Task Append_AfterDuplicatesWereTakenOut_GoesOn()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        await AppendAsync(opened.Fence, Text(1, "m1"));
        await AppendAsync(opened.Fence, Text(2, "m1"), Text(3, "m2"));

        Assert.IsType<AppendedBatch>(await AppendAsync(opened.Fence, Text(2, "m2")));

        Assert.Equal(new Position(First, 2), await Log.FindMessageAsync(Room, Alice, "m2", None));
    }

    [StoreFact]
    public async Task Append_SameMessageIdOfAnotherSenderOrChannel_IsNoDuplicate()
    {
        var other = ChannelName.Parse("chat:other");
        var opened = await Log.OpenAsync(Room, First, None);
        var openedOther = await Log.OpenAsync(other, First, None);
        await AppendAsync(opened.Fence, Text(1, "m1"));

        Assert.IsType<AppendedBatch>(await AppendAsync(opened.Fence, Text(2, "m1") with { From = Bob }));
        Assert.IsType<AppendedBatch>(await Log.AppendAsync(other, openedOther.Fence, [Text(1, "m1")], None));

        Assert.Equal(new Position(First, 2), await Log.FindMessageAsync(Room, Bob, "m1", None));
    }

    [StoreFact]
    public async Task Append_OneMessageIdTwiceInABatch_StoresNothing()
    {
        var opened = await Log.OpenAsync(Room, First, None);

        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await AppendAsync(opened.Fence, Text(1, "m1"), Text(2, "m1")));

        await AssertStoredAsync();
    }

    [StoreFact]
    public async Task Append_KnownMessageIdWithALowerFence_IsFencedOff()
    {
        var old = await Log.OpenAsync(Room, First, None);
        await AppendAsync(old.Fence, Text(1, "m1"));
        await Log.OpenAsync(Room, First, None);

        Assert.IsType<AppendFencedOff>(await AppendAsync(old.Fence, Text(2, "m1")));
    }

    [StoreFact]
    public async Task FindMessage_UnknownChannelSenderOrId_IsNull()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        await AppendAsync(opened.Fence, Text(1, "m1"));

        Assert.Null(await Log.FindMessageAsync(Room, Alice, "M1", None));
        Assert.Null(await Log.FindMessageAsync(Room, Bob, "m1", None));
        Assert.Null(await Log.FindMessageAsync(ChannelName.Parse("chat:none"), Alice, "m1", None));
    }

    [StoreFact]
    public async Task MessageId_AfterARestart_IsStillKnown()
    {
        var before = await Log.OpenAsync(Room, First, None);
        await AppendAsync(before.Fence, Text(1, "m1"));
        await Store.RestartAsync();
        var after = await Log.OpenAsync(Room, First, None);

        Assert.IsType<AppendDuplicates>(await AppendAsync(after.Fence, Text(2, "m1")));
        Assert.Equal(new Position(First, 1), await Log.FindMessageAsync(Room, Alice, "m1", None));
    }

    [StoreFact]
    public async Task MessageId_OfATrimmedPublication_IsKnownForItsRetention()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        Log.SetRetention(Room, Keep(count: 1), compact: false);
        await AppendAsync(opened.Fence, Text(1, "m1", time: Store.Time.Now), Text(2, time: Store.Time.Now));
        await Store.TrimAsync();
        await AssertStoredAsync(2);

        Store.Time.Advance(Log.MessageIdRetention - TimeSpan.FromMilliseconds(1));
        await Store.TrimAsync();

        Assert.Equal(new Position(First, 1), await Log.FindMessageAsync(Room, Alice, "m1", None));
        Assert.IsType<AppendDuplicates>(await AppendAsync(opened.Fence, Text(3, "m1")));
    }

    [StoreFact]
    public async Task MessageId_OfARetainedPublication_IsKnownBeyondItsRetention()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        Log.SetRetention(Room, Keep(count: 1), compact: false);
        await AppendAsync(opened.Fence, Text(1, "m1", time: Store.Time.Now), Text(2, "m2", time: Store.Time.Now));

        Store.Time.Advance(Log.MessageIdRetention + TimeSpan.FromHours(1));
        await Store.TrimAsync();

        Assert.Equal(new Position(First, 2), await Log.FindMessageAsync(Room, Alice, "m2", None));
        Assert.IsType<AppendDuplicates>(await AppendAsync(opened.Fence, Text(3, "m2")));
    }
}
