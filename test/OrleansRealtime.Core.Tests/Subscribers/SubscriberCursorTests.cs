using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Subscribers;

namespace OrleansRealtime.Core.Tests.Subscribers;

public sealed class SubscriberCursorTests
{
    private static readonly ChannelName Channel = ChannelName.Parse("game:7");
    private static readonly Epoch First = new("e1");
    private static readonly Epoch Second = new("e2");

    [Fact]
    public void Live_BeginsWhereTheChannelStands()
    {
        var cursor = new SubscriberCursor(Channel, ChannelStart.Live);

        Assert.Null(cursor.Next());
        cursor.OnHead(At(5));
        cursor.OnBatch(Batch(6, 7));

        Assert.Equal([6, 7], Deliver(cursor));
        Assert.Equal(At(7), cursor.Position);
        Assert.Null(cursor.Next());
    }

    [Fact]
    public void Live_WhatIsDeliveredBeforeTheAnswerToTheAttach_FollowsIt()
    {
        var cursor = new SubscriberCursor(Channel, ChannelStart.Live);
        cursor.OnBatch(Batch(6, 7));
        Assert.Null(cursor.Next());

        cursor.OnHead(At(5));

        Assert.Equal([6, 7], Deliver(cursor));
    }

    [Fact]
    public void Oldest_ReadsWhatIsRetained_WithoutCallingTheRestLost()
    {
        var cursor = new SubscriberCursor(Channel, ChannelStart.Oldest);
        cursor.OnHead(At(12));

        cursor.OnRead(Assert.IsType<ReadStep>(cursor.Next()), Page(At(12), isLost: false, 11, 12));

        Assert.Equal([11, 12], Deliver(cursor));
        Assert.Null(cursor.Next());
    }

    [Fact]
    public void Oldest_OfAnEmptyChannel_BeginsWithItsFirstPublication()
    {
        var cursor = new SubscriberCursor(Channel, ChannelStart.After(null));
        cursor.OnHead(At(0));
        cursor.OnRead(Assert.IsType<ReadStep>(cursor.Next()), Page(At(0), isLost: false));
        Assert.Null(cursor.Next());

        cursor.OnBatch(Batch(1));

        Assert.Equal([1], Deliver(cursor));
    }

    [Fact]
    public void Position_BehindTheChannel_IsReadUpAndThenLive()
    {
        var cursor = new SubscriberCursor(Channel, ChannelStart.After(At(3)));
        cursor.OnHead(At(5));
        var read = Assert.IsType<ReadStep>(cursor.Next());
        cursor.OnBatch(Batch(6));

        cursor.OnRead(read, Page(At(6), isLost: false, 4, 5, 6));

        Assert.Equal(At(3), read.After);
        Assert.Equal([4, 5, 6], Deliver(cursor));
        cursor.OnBatch(Batch(7));
        Assert.Equal([7], Deliver(cursor));
    }

    [Fact]
    public void Hole_IsRead_AndWhatCameBehindItIsNotReadAgain()
    {
        var cursor = LiveAt(5);

        cursor.OnBatch(Batch(8));
        var read = Assert.IsType<ReadStep>(cursor.Next());
        cursor.OnRead(read, Page(At(7), isLost: false, 6, 7));

        Assert.Equal(At(5), read.After);
        Assert.Equal([6, 7], Deliver(cursor));
        Assert.Equal([8], Deliver(cursor));
        Assert.Null(cursor.Next());
    }

    [Fact]
    public void Renewal_ThatShowsMore_FindsALostLastPublication()
    {
        var cursor = LiveAt(5);
        cursor.OnHead(At(6));

        cursor.OnRead(Assert.IsType<ReadStep>(cursor.Next()), Page(At(6), isLost: false, 6));

        Assert.Equal([6], Deliver(cursor));
    }

    [Fact]
    public void Delivery_ThatComesTwice_IsHandedOverOnce()
    {
        var cursor = LiveAt(5);
        cursor.OnBatch(Batch(6, 7));
        cursor.OnBatch(Batch(6, 7));
        Assert.Equal([6, 7], Deliver(cursor));

        cursor.OnBatch(Batch(7, 8));

        Assert.Equal([8], Deliver(cursor));
    }

    [Fact]
    public void Delivery_ThatIsNotHandled_IsHandedOverAgain()
    {
        var cursor = LiveAt(5);
        cursor.OnBatch(Batch(6));
        var step = cursor.Next();
        cursor.OnBatch(Batch(7));

        Assert.Same(step, cursor.Next());
        Assert.Equal(At(5), cursor.Position);
    }

    [Fact]
    public void Position_OlderThanWhatIsRetained_IsAnnouncedAsAGap()
    {
        var cursor = new SubscriberCursor(Channel, ChannelStart.After(At(3)));
        cursor.OnHead(At(12));
        cursor.OnRead(Assert.IsType<ReadStep>(cursor.Next()), Page(At(12), isLost: true, 11, 12));

        var interruption = Interruption(cursor);

        Assert.Equal((At(3), At(10), false), (interruption.Before, interruption.After, interruption.IsReset));
        Assert.Equal([11, 12], Deliver(cursor));
    }

    [Fact]
    public void Epoch_ThatChanged_IsAnnouncedAsAReset_AndItsPublicationsFollow()
    {
        var cursor = LiveAt(5);
        cursor.OnHead(new Position(Second, 2));
        cursor.OnRead(Assert.IsType<ReadStep>(cursor.Next()), Page(new Position(Second, 2), isLost: true, 1, 2));

        var interruption = Interruption(cursor);

        Assert.Equal((At(5), new Position(Second, 0), true), (interruption.Before, interruption.After, interruption.IsReset));
        Assert.Equal([1, 2], Deliver(cursor));
        cursor.OnBatch(new PublicationBatch(Channel, Second, [Item(3)]));
        Assert.Equal([3], Deliver(cursor));
        Assert.Equal(new Position(Second, 3), cursor.Position);
    }

    [Fact]
    public void Epoch_OfADelivery_IsEnoughToFindAReset()
    {
        var cursor = LiveAt(5);
        cursor.OnBatch(new PublicationBatch(Channel, Second, [Item(1)]));
        cursor.OnRead(Assert.IsType<ReadStep>(cursor.Next()), Page(new Position(Second, 1), isLost: true, 1));

        Assert.True(Interruption(cursor).IsReset);
        Assert.Equal([1], Deliver(cursor));
        Assert.Null(cursor.Next());
    }

    [Fact]
    public void Position_AheadOfTheChannel_IsAnnouncedAsAReset()
    {
        var cursor = LiveAt(5);
        cursor.OnHead(At(3));
        cursor.OnRead(Assert.IsType<ReadStep>(cursor.Next()), Page(At(3), isLost: true, 1, 2, 3));

        var interruption = Interruption(cursor);

        Assert.Equal((At(0), true), (interruption.After, interruption.IsReset));
        Assert.Equal([1, 2, 3], Deliver(cursor));
    }

    [Fact]
    public void Hole_InAChannelWithoutHistory_IsAGapUpToWhatCameBehindIt()
    {
        var cursor = LiveAt(5);
        cursor.OnBatch(Batch(8));
        cursor.OnRead(Assert.IsType<ReadStep>(cursor.Next()), Page(At(8), isLost: true));

        Assert.Equal(At(7), Interruption(cursor).After);
        Assert.Equal([8], Deliver(cursor));
    }

    [Fact]
    public void Read_ThatIsRefused_IsAskedForAgain()
    {
        var cursor = LiveAt(5);
        cursor.OnHead(At(6));
        var read = Assert.IsType<ReadStep>(cursor.Next());

        cursor.OnRead(read, ReadOutcome.Refused(new RealtimeError(RealtimeErrorCode.Unavailable, "not now")));

        Assert.Equal(read, cursor.Next());
    }

    [Fact]
    public void Read_OfAChannelThatHasNoMore_EndsTheAsking()
    {
        var cursor = LiveAt(5);
        cursor.OnHead(At(9));

        cursor.OnRead(Assert.IsType<ReadStep>(cursor.Next()), Page(At(5), isLost: false));

        Assert.Null(cursor.Next());
    }

    [Fact]
    public void Waiting_BeyondItsBound_IsDroppedAndReadLater()
    {
        var cursor = LiveAt(0);
        for (long i = 1; i <= SubscriberCursor.MaxWaiting + 10; i++)
        {
            cursor.OnBatch(Batch(i));
        }

        Assert.Equal(At(0), Assert.IsType<ReadStep>(cursor.Next()).After);
    }

    [Fact]
    public void Batch_IsNeverLargerThanItsBound()
    {
        var cursor = LiveAt(0);
        cursor.OnBatch(Batch([.. Enumerable.Range(1, 300).Select(static i => (long)i)]));

        Assert.Equal(SubscriberCursor.MaxBatch, Deliver(cursor).Count);
        Assert.Equal(300 - SubscriberCursor.MaxBatch, Deliver(cursor).Count);
    }

    private static SubscriberCursor LiveAt(long sequence)
    {
        var cursor = new SubscriberCursor(Channel, ChannelStart.Live);
        cursor.OnHead(At(sequence));
        return cursor;
    }

    private static List<long> Deliver(SubscriberCursor cursor)
    {
        var batch = Assert.IsType<DeliverStep>(cursor.Next()).Batch;
        cursor.OnHandled();
        Assert.Equal(batch.End, cursor.Position);
        return [.. batch.Publications.Select(static publication => publication.Sequence)];
    }

    private static ChannelInterruption Interruption(SubscriberCursor cursor)
    {
        var interruption = Assert.IsType<InterruptStep>(cursor.Next()).Interruption;
        cursor.OnHandled();
        return interruption;
    }

    private static Position At(long sequence) => new(First, sequence);

    private static PublicationBatch Batch(params long[] sequences) => new(Channel, First, Items(sequences));

    private static ReadOutcome Page(Position head, bool isLost, params long[] sequences) =>
        new(null, false, Items(sequences), head, More: false, isLost);

    private static ImmutableArray<Publication> Items(long[] sequences) => [.. sequences.Select(Item)];

    private static Publication Item(long sequence) =>
        new(sequence, default, Sender.OfServer("game"), null, null, Payload.Json("1"));
}
