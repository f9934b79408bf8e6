using OrleansRealtime.Client.Subscriptions;

namespace OrleansRealtime.Client.Tests.Subscriptions;

public class SubscriptionBufferTests
{
    [Fact]
    public async Task Items_AreTakenInOrder_ThenTheEnd()
    {
        var buffer = new SubscriptionBuffer(8, 1000, dropsOldest: false);
        buffer.Add(Item(1));
        buffer.Add(Item(2));
        buffer.Complete(null);
        buffer.Add(Item(3));

        Assert.Equal(1, (await buffer.TakeAsync(default))!.Publication!.Position.Sequence);
        Assert.Equal(2, (await buffer.TakeAsync(default))!.Publication!.Position.Sequence);
        Assert.Null(await buffer.TakeAsync(default));
    }

    [Fact]
    public async Task Reader_ThatWaits_IsWokenByTheNextItem()
    {
        var buffer = new SubscriptionBuffer(8, 1000, dropsOldest: false);
        var taking = buffer.TakeAsync(default).AsTask();
        Assert.False(taking.IsCompleted);

        buffer.Add(Item(1));

        Assert.Equal(1, (await taking)!.Publication!.Position.Sequence);
    }

    [Fact]
    public async Task Failure_ComesAfterWhatWasReceived()
    {
        var buffer = new SubscriptionBuffer(8, 1000, dropsOldest: false);
        buffer.Add(Item(1));
        buffer.Complete(new InvalidOperationException("over"));

        Assert.NotNull(await buffer.TakeAsync(default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => buffer.TakeAsync(default).AsTask());
    }

    [Fact]
    public async Task Oldest_ThatAreDropped_BecomeOneLossInTheirPlace()
    {
        var buffer = new SubscriptionBuffer(2, 1000, dropsOldest: true);
        foreach (var sequence in new[] { 1, 2, 3, 4 })
        {
            buffer.Add(Item(sequence));
        }

        var loss = (await buffer.TakeAsync(default))!.Loss!;

        Assert.Equal((HistoryLossReason.Overflow, 0, 3), (loss.Reason, loss.After!.Value.Sequence, loss.Position.Sequence));
        Assert.Equal(4, (await buffer.TakeAsync(default))!.Publication!.Position.Sequence);
    }

    [Fact]
    public void Buffer_IsFullByCountOrByBytes_AndHalfEmptyByBoth()
    {
        var byCount = new SubscriptionBuffer(2, 1000, dropsOldest: false);
        Assert.False(byCount.Add(Item(1)));
        Assert.True(byCount.IsHalfEmpty());
        Assert.True(byCount.Add(Item(2)));
        Assert.False(byCount.IsHalfEmpty());

        var byBytes = new SubscriptionBuffer(100, 3, dropsOldest: false);
        Assert.False(byBytes.Add(Item(1)));
        Assert.False(byBytes.Add(Item(2)));
        Assert.True(byBytes.Add(Item(3)));
        Assert.False(byBytes.IsHalfEmpty());
    }

    private static BufferedItem Item(long sequence) => new(
        new ReceivedPublication(
            ChannelName.Parse("chat:room"), new Position(new Epoch("e1"), sequence), default, Sender.FromValue("bob"), null, null, Payload.Json("1")),
        null);
}
