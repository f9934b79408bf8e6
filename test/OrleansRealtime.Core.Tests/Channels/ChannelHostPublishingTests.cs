using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Core.Tests.Channels;

public sealed class ChannelHostPublishingTests
{
    [Theory]
    [InlineData(Durability.None)]
    [InlineData(Durability.Memory)]
    [InlineData(Durability.Durable)]
    public void Publish_OneAfterTheOther_IsNumberedFromOneAndDelivered(Durability durability)
    {
        var rig = new HostRig(durability).Activate().Attach();

        var sequences = Enumerable.Range(0, 5).Select(_ => rig.Publish().Position.Sequence).ToArray();

        Assert.Equal([1, 2, 3, 4, 5], sequences);
        Assert.Equal([1, 2, 3, 4, 5], rig.DeliveredTo(HostRig.Edge));
    }

    [Theory]
    [InlineData(Durability.None)]
    [InlineData(Durability.Memory)]
    [InlineData(Durability.Durable)]
    public void Publish_SameMessageIdAgain_IsAnsweredWithTheFirstPosition(Durability durability)
    {
        var rig = new HostRig(durability).Activate().Attach();
        var first = rig.Publish("a");
        rig.Publish("b");

        var again = rig.Publish("a");

        Assert.True(again.IsDuplicate);
        Assert.Equal(first.Position, again.Position);
        Assert.Equal([1, 2], rig.DeliveredTo(HostRig.Edge));
    }

    [Fact]
    public void Publish_SameMessageIdOfAnotherSender_IsAnotherPublication()
    {
        var rig = new HostRig().Activate();
        rig.Publish("a", caller: HostRig.Ann);

        Assert.False(rig.Publish("a", caller: HostRig.Bob).IsDuplicate);
    }

    [Theory]
    [InlineData(Durability.Memory)]
    [InlineData(Durability.Durable)]
    public void Delivery_SaysWhenItsFirstPublicationWasTaken(Durability durability)
    {
        var rig = new HostRig(durability).Activate().Attach();
        var stored = new TaskCompletionSource<LogFault>();
        rig.Decide = method => method == nameof(IChannelLog.AppendAsync) ? stored.Task : Task.FromResult(LogFault.None);
        var taken = rig.Time.Now + TimeSpan.FromMilliseconds(0.5);
        rig.Time.Advance(TimeSpan.FromMilliseconds(0.5));

        var publish = rig.StartPublish();
        rig.Advance(TimeSpan.FromSeconds(2));
        stored.SetResult(LogFault.None);
        rig.Turns.RunUntilIdle();

        Assert.True(publish.IsCompletedSuccessfully);
        Assert.Equal(taken, Assert.Single(rig.SentOf<PublicationBatch>()).TakenAt);
    }

    [Theory]
    [InlineData(Durability.Memory, 0)]
    [InlineData(Durability.Durable, 1)]
    public void PublishMany_IsNumberedInOrder_AndAppendedInOnePiece(Durability durability, int expectedAppends)
    {
        var rig = new HostRig(durability).Activate().Attach();
        var appends = 0;
        rig.Decide = method =>
        {
            appends += method == nameof(IChannelLog.AppendAsync) ? 1 : 0;
            return Task.FromResult(LogFault.None);
        };

        var outcomes = rig.Turns.Complete(() => rig.Host.PublishManyAsync(
            [HostRig.Request("a"), HostRig.Request("b"), HostRig.Request("a"), HostRig.Request("c")], CancellationToken.None));

        Assert.Equal([1, 2, 1, 3], outcomes.Select(static outcome => outcome.Position.Sequence));
        Assert.Equal([false, false, true, false], outcomes.Select(static outcome => outcome.IsDuplicate));
        Assert.Equal(expectedAppends, appends);
        Assert.Equal([1, 2, 3], rig.DeliveredTo(HostRig.Edge));
        Assert.Equal(4, rig.Publish("d").Position.Sequence);
    }

    [Fact]
    public void PublishMany_OnAnEndedHost_PublishesNothing()
    {
        var rig = new HostRig(Durability.Durable).Activate();
        rig.Turns.Complete(() => rig.Host.DeactivateAsync(CancellationToken.None));

        Assert.Throws<ActorUnavailableException>(() => rig.Turns.Complete(
            () => rig.Host.PublishManyAsync([HostRig.Request("a")], CancellationToken.None)));
        Assert.Empty(rig.Log.History(HostRig.Channel));
    }

    [Fact]
    public void Publish_WhileAnAppendIsInFlight_JoinsTheNextBatchAndIsInvisibleBefore()
    {
        var rig = new HostRig(Durability.Durable).Activate().Attach();
        var gate = new TaskCompletionSource<LogFault>();
        rig.Decide = _ => gate.Task;
        var first = rig.StartPublish("a");
        var second = rig.StartPublish("b");
        var repeated = rig.StartPublish("b");
        var third = rig.StartPublish("c");

        rig.Turns.RunUntilIdle();
        Assert.False(first.IsCompleted);
        Assert.Equal(0, rig.Read().Position.Sequence);
        Assert.Empty(rig.DeliveredTo(HostRig.Edge));

        gate.SetResult(LogFault.None);
        rig.Turns.RunUntilIdle();

        Assert.Equal(1, first.Done().Position.Sequence);
        Assert.Equal(2, second.Done().Position.Sequence);
        Assert.Equal((2, true), (repeated.Done().Position.Sequence, repeated.Done().IsDuplicate));
        Assert.Equal(3, third.Done().Position.Sequence);
        Assert.Equal([1, 2], rig.SentOf<PublicationBatch>().Select(static b => b.Publications.Length));
    }

    [Theory]
    [InlineData(LogFault.Before)]
    [InlineData(LogFault.After)]
    public void Publish_AppendFails_RefusesAllWaitingAndGivesUpAndTheRetryIsKeptOnce(LogFault fault)
    {
        var rig = new HostRig(Durability.Durable).Activate().Attach();
        rig.Decide = _ => Task.FromResult(fault);

        var outcome = rig.Publish("a");

        Assert.Equal(RealtimeErrorCode.Unavailable, outcome.Refusal!.Code);
        Assert.Single(rig.Deactivations);
        Assert.Single(rig.SentOf<DetachedMessage>());
        Assert.Empty(rig.DeliveredTo(HostRig.Edge));
        Assert.IsType<StorageException>(Assert.Single(rig.Reported));
        Assert.Throws<ActorUnavailableException>(() => rig.Publish("a"));

        var next = new HostRig(after: rig).Activate();
        var retried = next.Publish("a");
        Assert.Equal((1, fault == LogFault.After), (retried.Position.Sequence, retried.IsDuplicate));
        Assert.Single(rig.Log.History(HostRig.Channel));
    }

    [Fact]
    public void Publish_AfterAnotherOwnerOpenedTheLog_IsRefusedAndNotKept()
    {
        var old = new HostRig(Durability.Durable).Activate();
        old.Publish("a");
        var young = new HostRig(after: old).Activate();

        Assert.Equal(RealtimeErrorCode.Unavailable, old.Publish("b").Refusal!.Code);
        Assert.Single(old.Deactivations);
        Assert.Equal(2, young.Publish("c").Position.Sequence);
        Assert.Equal(["a", "c"], young.Log.History(HostRig.Channel).Select(static p => p.MessageId));
    }

    [Fact]
    public void Publish_MessageIdKnownOnlyToTheStore_IsADuplicateAndTheOthersOfItsBatchMoveUp()
    {
        var rig = new HostRig(Durability.Durable);
        rig.Policy = rig.Policy! with { Replay = rig.Policy.Replay with { Count = 1 } };
        rig.Activate();
        rig.Publish("old");
        rig.Publish("newer");
        var next = new HostRig(after: rig).Activate();
        var gate = new TaskCompletionSource<LogFault>();
        next.Decide = _ => gate.Task;
        var first = next.StartPublish("x");
        var retried = next.StartPublish("old");
        var retriedTwice = next.StartPublish("old");
        var last = next.StartPublish("y");
        gate.SetResult(LogFault.None);
        next.Turns.RunUntilIdle();

        Assert.Equal(3, first.Done().Position.Sequence);
        Assert.Equal((1, true), (retried.Done().Position.Sequence, retried.Done().IsDuplicate));
        Assert.Equal((1, true), (retriedTwice.Done().Position.Sequence, retriedTwice.Done().IsDuplicate));
        Assert.Equal((4, false), (last.Done().Position.Sequence, last.Done().IsDuplicate));
    }

    [Fact]
    public async Task Publish_CancelledWhileTheAppendIsInFlight_StopsWaitingButIsCommitted()
    {
        var rig = new HostRig(Durability.Durable).Activate().Attach();
        var gate = new TaskCompletionSource<LogFault>();
        rig.Decide = _ => gate.Task;
        using var cancellation = new CancellationTokenSource();
        var waiting = rig.Turns.Start(() => rig.Host.PublishAsync(HostRig.Request("a"), cancellation.Token));

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.SetResult(LogFault.None);
        rig.Turns.RunUntilIdle();

        Assert.Equal([1], rig.DeliveredTo(HostRig.Edge));
        rig.Decide = null;
        Assert.True(rig.Publish("a").IsDuplicate);
    }

    [Fact]
    public void Deactivate_WhileAnAppendIsInFlight_AnswersAllAcceptedFirst()
    {
        var rig = new HostRig(Durability.Durable).Activate().Attach();
        var gate = new TaskCompletionSource<LogFault>();
        rig.Decide = _ => gate.Task;
        var first = rig.StartPublish("a");
        var second = rig.StartPublish("b");
        var ending = rig.Turns.Start(() => rig.Host.DeactivateAsync(CancellationToken.None));
        rig.Turns.RunUntilIdle();
        Assert.False(ending.IsCompleted);

        gate.SetResult(LogFault.None);
        rig.Turns.RunUntilIdle();

        Assert.True(ending.IsCompletedSuccessfully);
        Assert.Null(first.Done().Refusal);
        Assert.Null(second.Done().Refusal);
        Assert.IsType<DetachedMessage>(rig.Sent[^1].Message);
        Assert.Throws<ActorUnavailableException>(() => rig.Publish("c"));
    }

    [Fact]
    public void Publish_StoreStandsStill_IsRefusedOnceTooManyWait()
    {
        var rig = new HostRig(Durability.Durable);
        rig.Policy = rig.Policy! with { Limits = rig.Policy.Limits with { PublishesPerSecond = 0, PublishesPerSecondPerSender = 0 } };
        rig.Activate();
        var gate = new TaskCompletionSource<LogFault>();
        rig.Decide = _ => gate.Task;
        var waiting = Enumerable.Range(0, ChannelHost.MaxWaiting + 1).Select(_ => rig.StartPublish()).ToArray();

        var refused = rig.StartPublish();

        Assert.Equal(RealtimeErrorCode.Unavailable, refused.Done().Refusal!.Code);
        gate.SetResult(LogFault.None);
        rig.Turns.RunUntilIdle();
        Assert.All(waiting, static task => Assert.Null(task.Done().Refusal));
        Assert.Equal(ChannelHost.MaxWaiting + 1, rig.Log.History(HostRig.Channel).Length);
    }

    [Fact]
    public void Publish_NamespaceNotConfigured_IsForbiddenUntilAReloadListsIt()
    {
        var rig = new HostRig();
        var policy = rig.Policy;
        rig.Policy = null;
        rig.Activate();
        Assert.Equal(RealtimeErrorCode.Forbidden, rig.Publish().Refusal!.Code);

        rig.Policy = policy;
        Assert.Throws<ActorUnavailableException>(() => rig.Publish());

        Assert.Single(rig.Deactivations);
        Assert.Null(new HostRig(after: rig).Activate().Publish().Refusal);
    }

    [Fact]
    public void Publish_PrivateChannel_IsUndecidedUntilTheAuthorizerHasSaidYes()
    {
        var rig = new HostRig();
        rig.Policy = rig.Policy! with { Access = Core.Policies.ChannelAccess.Private };
        rig.Activate();

        var refused = rig.Publish("a");
        Assert.Equal((RealtimeErrorCode.Forbidden, true), (refused.Refusal!.Code, refused.IsUndecided));

        var authorized = HostRig.Ann with { Authorized = ChannelRights.Publish };
        Assert.Equal((1, false), (rig.Publish("a", caller: authorized).Position.Sequence, rig.Publish("b", caller: HostRig.Server).IsDuplicate));
    }

    [Fact]
    public void Publish_PolicyReloadedWithSmallerSize_IsRefusedAtOnce()
    {
        var rig = new HostRig().Activate();
        Assert.Null(rig.Publish(json: "\"12345\"").Refusal);

        rig.Policy = rig.Policy! with { Limits = rig.Policy.Limits with { MessageBytes = 6 } };

        Assert.Equal(RealtimeErrorCode.TooLarge, rig.Publish(json: "\"12345\"").Refusal!.Code);
    }

    [Fact]
    public void Publish_PolicyReloadedWithAnotherDurability_NeedsANewHostButCommitsWhatWaits()
    {
        var rig = new HostRig(Durability.Durable).Activate().Attach();
        var gate = new TaskCompletionSource<LogFault>();
        rig.Decide = _ => gate.Task;
        var waiting = rig.StartPublish("a");
        rig.Policy = rig.Policy! with { Durability = Durability.Memory };

        Assert.Throws<ActorUnavailableException>(() => rig.Publish("b"));
        Assert.Single(rig.Deactivations);
        var ending = rig.Turns.Start(() => rig.Host.DeactivateAsync(CancellationToken.None));
        gate.SetResult(LogFault.None);
        rig.Turns.RunUntilIdle();

        Assert.True(ending.IsCompletedSuccessfully);
        Assert.Null(waiting.Done().Refusal);
        Assert.Single(rig.SentOf<DetachedMessage>());
        Assert.Equal(0, new HostRig(after: rig).Activate().Read().Position.Sequence);
    }

    [Fact]
    public async Task Deactivate_NoMoreTime_RefusesWhoStillWaits()
    {
        var rig = new HostRig(Durability.Durable).Activate();
        var gate = new TaskCompletionSource<LogFault>();
        rig.Decide = _ => gate.Task;
        var first = rig.StartPublish("a");
        var second = rig.StartPublish("b");

        rig.Turns.Complete(() => rig.Host.DeactivateAsync(new CancellationToken(canceled: true)));

        Assert.Equal(RealtimeErrorCode.Unavailable, (await first).Refusal!.Code);
        Assert.Equal(RealtimeErrorCode.Unavailable, (await second).Refusal!.Code);
        gate.SetResult(LogFault.None);
        rig.Turns.RunUntilIdle();
        Assert.Empty(rig.Reported);
        Assert.Single(rig.Log.History(HostRig.Channel));
    }

    [Fact]
    public void Publish_MoreBytesInTurnThanMayWaitAtOnce_AreAllTaken()
    {
        var rig = new HostRig(Durability.Durable).Activate();
        var payload = $"\"{new string('x', 60_000)}\"";
        var count = (ChannelHost.MaxWaitingBytes / payload.Length) + 2;

        for (var i = 1; i <= count; i++)
        {
            Assert.Equal(i, rig.Publish(json: payload, caller: HostRig.Server).Position.Sequence);
        }
    }

    // A clock that waited for the wall clock refused every publication after the first burst for as long as the step.
    [Fact]
    public void Publish_AfterTheWallClockWasSetBack_HasItsRateAgainASecondLater()
    {
        var rig = new HostRig();
        rig.Policy = rig.Policy! with { Limits = new ChannelLimits(100, PublishesPerSecondPerSender: 2, PublishesPerSecond: 0) };
        rig.Activate();
        rig.Publish();
        rig.Time.SetBack(TimeSpan.FromHours(1));
        rig.Publish();
        Assert.Equal(RealtimeErrorCode.RateLimited, rig.Publish().Refusal?.Code);

        rig.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(rig.Publish().Refusal);
        var times = rig.Read().Publications.Select(static publication => publication.Time).ToList();
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public void Attachment_AfterTheWallClockWasSetBack_StillEndsInTime()
    {
        var rig = new HostRig().Activate().Attach();
        rig.Time.SetBack(TimeSpan.FromHours(1));
        Assert.False(rig.Host.NextDue <= rig.Time.Now);

        rig.Advance(ChannelAudience.AttachmentLife);

        rig.Publish();
        Assert.Empty(rig.DeliveredTo(HostRig.Edge));
    }
}
