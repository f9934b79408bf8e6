using OrleansRealtime.Client.Subscriptions;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Tests.Subscriptions;

public class ContinuityTests
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly ChannelGuarantee Guarantee = new(Durability.Memory, 10, 10, TimeSpan.FromHours(1), false, SlowReaderPolicy.CatchUp);

    [Fact]
    public void Publications_AfterTheAck_AreNewOnceAndInOrder()
    {
        var continuity = Taken(Ack(5, missed: 2));

        Assert.Equal(At(3), continuity.Position);
        Assert.Equal(
            [Arrival.New, Arrival.New, Arrival.Known, Arrival.Hole, Arrival.New],
            new long[] { 4, 5, 4, 7, 6 }.Select(continuity.OnPublication));
        Assert.Equal(At(6), continuity.Position);
    }

    [Fact]
    public void Publications_OfAConflatedSubscription_MayHaveHolesButNotRepeat()
    {
        var continuity = new Continuity(null, isConflated: true);
        continuity.OnSubscribed(Ack(5));

        Assert.Equal([Arrival.New, Arrival.Known], new long[] { 9, 8 }.Select(continuity.OnPublication));
    }

    [Fact]
    public void Snapshot_HasHolesUpToItsEndAndNotBehindIt()
    {
        var continuity = Taken(Ack(9, missed: 2, snapshot: true));

        Assert.Null(continuity.Position);
        Assert.Equal([Arrival.New, Arrival.New, Arrival.New, Arrival.Hole], new long[] { 3, 8, 10, 12 }.Select(continuity.OnPublication));
    }

    [Fact]
    public void NotRecovered_IsALossAfterWhatWasKnown()
    {
        var continuity = new Continuity(At(3), isConflated: false);

        var loss = continuity.OnSubscribed(new SubscribedAck(new Position(new Epoch("other"), 7), false, 0, false, Guarantee));

        Assert.Equal(new HistoryLoss(HistoryLossReason.NotRetained, At(3), new Position(new Epoch("other"), 7)), loss);
        Assert.Equal(Arrival.New, continuity.OnPublication(8));
        Assert.Equal(new Position(new Epoch("other"), 8), continuity.Position);
    }

    [Theory]
    [InlineData("slow", HistoryLossReason.Slow)]
    [InlineData("lost", HistoryLossReason.Lost)]
    [InlineData("of a later server", HistoryLossReason.Lost)]
    [InlineData("conflated", null)]
    public void Gap_IsALossUnlessTheChannelWorksSo(string reason, HistoryLossReason? expected)
    {
        var continuity = Taken(Ack(5));

        Assert.Equal(expected, continuity.OnGap(new GapFrame(Room, 6, 8, reason))?.Reason);
        Assert.Equal(At(8), continuity.Position);
        Assert.Equal(Arrival.New, continuity.OnPublication(9));
    }

    [Fact]
    public void Gap_OfWhatWasHeard_ChangesNothing()
    {
        var continuity = Taken(Ack(5));

        Assert.Null(continuity.OnGap(new GapFrame(Room, 2, 5, "slow")));
        Assert.Equal(At(5), continuity.Position);
    }

    [Fact]
    public void Reset_GoesOnFromTheNewPosition()
    {
        var continuity = Taken(Ack(5));
        var start = new Position(new Epoch("next"), 0);

        Assert.Equal(new HistoryLoss(HistoryLossReason.Reset, At(5), start), continuity.OnReset(start));
        Assert.Equal(Arrival.New, continuity.OnPublication(1));
    }

    private static Position At(long sequence) => new(new Epoch("e1"), sequence);

    private static SubscribedAck Ack(long sequence, long missed = 0, bool snapshot = false) => new(At(sequence), true, missed, snapshot, Guarantee);

    private static Continuity Taken(SubscribedAck ack)
    {
        var continuity = new Continuity(null, isConflated: false);
        Assert.Null(continuity.OnSubscribed(ack));
        return continuity;
    }
}
