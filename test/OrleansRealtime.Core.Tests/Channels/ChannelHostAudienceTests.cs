using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Core.Tests.Channels;

public sealed class ChannelHostAudienceTests
{
    private static readonly EdgeId Other = new("edge-2");
    private static readonly EdgeId Third = new("edge-3");

    [Fact]
    public void Attach_AfterPublications_BringsThePositionTheRecentOnesAndTheGrants()
    {
        var rig = new HostRig().Activate();
        rig.Publish();
        rig.Publish();
        rig.Publish();

        var outcome = rig.Turns.Complete(
            () => rig.Host.AttachAsync(new AttachRequest(HostRig.Edge, 2, []), CancellationToken.None));

        Assert.Equal(3, outcome.Position.Sequence);
        Assert.Equal([2, 3], outcome.Recent.Select(static p => p.Sequence));
        Assert.Equal(0, outcome.Grants.Version);
    }

    [Fact]
    public void Attach_NamespaceNotConfigured_IsRefused()
    {
        var rig = new HostRig { Policy = null }.Activate();

        var outcome = rig.Turns.Complete(
            () => rig.Host.AttachAsync(new AttachRequest(HostRig.Edge, 0, []), CancellationToken.None));

        Assert.Equal(RealtimeErrorCode.Forbidden, outcome.Refusal!.Code);
    }

    [Fact]
    public void Members_JoinAndLeave_AreToldToAllEdgesTheLeaveAfterItsGrace()
    {
        var rig = new HostRig().Activate().Attach(HostRig.Edge, "ann").Attach(Other, "ann", "bob");
        Assert.Equal(["ann", "bob"], Joined(rig));

        rig.Turns.Complete(() => rig.Host.UpdateMembersAsync(
            new MembersUpdate(Other, [], [UserId.Parse("ann"), UserId.Parse("bob")]), CancellationToken.None));
        rig.Advance(ChannelPolicy.FlapGrace - TimeSpan.FromTicks(1));
        Assert.Empty(Left(rig));
        rig.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(["bob"], Left(rig));
        Assert.Equal(2, rig.Sent.Count(static sent => sent.Message is PresenceMessage { Left.Length: > 0 }));
    }

    [Fact]
    public void Edges_ThatAreGone_AreDroppedAtOnce_AndWhoWasThereThroughThemOnlyLeavesInOneWave()
    {
        var rig = new HostRig().Activate().Attach(HostRig.Edge, "ann", "bob").Attach(Other, "bob", "carol").Attach(Third, "dan");

        rig.Turns.Complete(() =>
        {
            rig.Host.DropEdges(new HashSet<EdgeId> { HostRig.Edge, Third, new("never seen") });
            return ValueTask.CompletedTask;
        });
        rig.Sent.Clear();
        rig.Publish();

        Assert.Equal([Other], rig.Sent.Select(static sent => sent.Edge));
        rig.Advance(ChannelPolicy.FlapGrace);
        Assert.Equal(["ann", "dan"], Assert.Single(rig.SentOf<PresenceMessage>()).Left.Select(static member => member.User.Value).Order());
    }

    [Fact]
    public void Members_OfAnEdgeThatIsNotAttached_AreNotTaken()
    {
        var rig = new HostRig().Activate();

        Assert.False(rig.Turns.Complete(() => rig.Host.UpdateMembersAsync(
            new MembersUpdate(HostRig.Edge, [HostRig.Member("ann")], []), CancellationToken.None)));
        Assert.Equal(0, Presence(rig).Count);
    }

    [Fact]
    public void Detach_LastEdge_EndsItsPresenceInOneWave()
    {
        var rig = new HostRig().Activate().Attach(HostRig.Edge, "ann", "bob").Attach(Other);
        rig.Sent.Clear();

        rig.Turns.Complete(() => rig.Host.DetachAsync(HostRig.Edge, CancellationToken.None));
        rig.Advance(ChannelPolicy.FlapGrace);

        Assert.Equal(["ann", "bob"], Left(rig));
        Assert.Equal(Other, Assert.Single(rig.Sent).Edge);
    }

    [Fact]
    public void Renew_EveryTenSeconds_KeepsTheAttachmentAndMissingThreeEndsIt()
    {
        var rig = new HostRig().Activate().Attach(HostRig.Edge, "ann").Attach(Other);
        rig.Sent.Clear();
        for (var i = 0; i < 4; i++)
        {
            rig.Advance(TimeSpan.FromSeconds(10));
            Renew(rig, Other);
        }

        Assert.Equal(["ann"], Left(rig));
        Assert.False(Renew(rig, HostRig.Edge).IsAttached);
        Assert.True(Renew(rig, Other).IsAttached);
    }

    [Fact]
    public void Renew_JustBeforeTheEnd_KeepsTheAttachment()
    {
        var rig = new HostRig().Activate().Attach();

        rig.Advance(ChannelAudience.AttachmentLife - TimeSpan.FromTicks(1));
        Assert.True(Renew(rig, HostRig.Edge).IsAttached);
        rig.Advance(ChannelAudience.AttachmentLife);

        Assert.False(Renew(rig, HostRig.Edge).IsAttached);
    }

    [Fact]
    public void Renew_WithOldGrants_BringsTheNewOnes()
    {
        var rig = new HostRig().Activate().Attach();
        ChangeGrant(rig, HostRig.Server, ChannelRights.Publish, revoke: true);

        Assert.Equal(1, Renew(rig, HostRig.Edge).Grants!.Version);
        Assert.Null(Renew(rig, HostRig.Edge, grantsVersion: 1).Grants);
    }

    [Theory]
    [InlineData(PresencePolicy.Off, true, 0, 0)]
    [InlineData(PresencePolicy.Count, false, 2, 0)]
    [InlineData(PresencePolicy.Members, false, 2, 2)]
    public void Presence_ByPolicy_IsRefusedCountedOrListed(PresencePolicy policy, bool isRefused, int count, int listed)
    {
        var rig = new HostRig();
        rig.Policy = rig.Policy! with { Presence = policy };
        rig.Activate().Attach(HostRig.Edge, "ann", "bob");

        var outcome = Presence(rig);

        Assert.Equal((isRefused, count, listed), (outcome.Refusal is not null, outcome.Count, outcome.Members.Length));
        Assert.Equal(policy == PresencePolicy.Members, rig.SentOf<PresenceMessage>().Any());
    }

    [Fact]
    public void Presence_MoreThanAreListed_IsCountedWhole()
    {
        var rig = new HostRig().Activate();
        rig.Attach(HostRig.Edge, [.. Enumerable.Range(0, 1001).Select(static i => $"u{i}")]);

        var outcome = Presence(rig);

        Assert.Equal((1001, 1000, true), (outcome.Count, outcome.Members.Length, outcome.IsTruncated));
    }

    [Fact]
    public void Signal_Allowed_GoesToAllEdgesWithItsOriginAndWithoutNumber()
    {
        var rig = new HostRig().Activate().Attach().Attach(Other);
        var request = new SignalRequest(HostRig.Ann, Payload.Json("1"), "k", HostRig.Edge, new ConnectionId(7));

        Assert.Same(SignalOutcome.Accepted, rig.Turns.Complete(() => rig.Host.SignalAsync(request, CancellationToken.None)));

        Assert.Equal([HostRig.Edge, Other], rig.Sent.Select(static sent => sent.Edge));
        Assert.All(rig.SentOf<SignalMessage>(), static s => Assert.Equal(new ConnectionId(7), s.Origin));
        Assert.Equal(0, rig.Read().Position.Sequence);
    }

    [Fact]
    public void Signal_TooMany_IsRateLimitedApartFromPublications()
    {
        var rig = new HostRig();
        rig.Policy = rig.Policy! with { Limits = rig.Policy.Limits with { PublishesPerSecondPerSender = 1 } };
        rig.Activate();
        var request = new SignalRequest(HostRig.Ann, Payload.Json("1"));
        rig.Turns.Complete(() => rig.Host.SignalAsync(request, CancellationToken.None));

        var second = rig.Turns.Complete(() => rig.Host.SignalAsync(request, CancellationToken.None));

        Assert.Equal(RealtimeErrorCode.RateLimited, second.Refusal!.Code);
        Assert.Null(rig.Publish().Refusal);
    }

    [Fact]
    public void ChangeGrant_ByAServer_IsKeptDeliveredAndTakesEffectAtOnce()
    {
        var rig = new HostRig().Activate().Attach();

        var outcome = ChangeGrant(rig, HostRig.Server, ChannelRights.Publish, revoke: true);

        Assert.Equal((null, 1L), (outcome.Refusal, outcome.Version));
        Assert.Equal(1, Assert.Single(rig.SentOf<GrantsMessage>()).Grants.Version);
        Assert.Equal(RealtimeErrorCode.Forbidden, rig.Publish(caller: HostRig.Bob).Refusal!.Code);
        Assert.Equal(RealtimeErrorCode.Forbidden, new HostRig(after: rig).Activate().Publish(caller: HostRig.Bob).Refusal!.Code);
    }

    [Fact]
    public void ChangeGrant_ThatChangesNothing_KeepsTheVersion()
    {
        var rig = new HostRig().Activate();
        ChangeGrant(rig, HostRig.Server, ChannelRights.Publish, revoke: true);

        Assert.Equal(1, ChangeGrant(rig, HostRig.Server, ChannelRights.Publish, revoke: true).Version);
    }

    [Theory]
    [InlineData(ChannelRights.None)]
    [InlineData((ChannelRights)64)]
    public void ChangeGrant_OfNoRight_IsABadRequest(ChannelRights rights) => Assert.Equal(
        RealtimeErrorCode.BadRequest, ChangeGrant(new HostRig().Activate(), HostRig.Server, rights, revoke: false).Refusal!.Code);

    [Fact]
    public void ChangeGrant_WithoutManage_IsForbiddenUntilManageIsGranted()
    {
        var rig = new HostRig().Activate();
        Assert.Equal(
            RealtimeErrorCode.Forbidden, ChangeGrant(rig, HostRig.Bob, ChannelRights.Manage, revoke: false).Refusal!.Code);

        ChangeGrant(rig, HostRig.Server, ChannelRights.Manage, revoke: false);

        Assert.Null(ChangeGrant(rig, HostRig.Bob, ChannelRights.Signal, revoke: true).Refusal);
    }

    [Fact]
    public void ChangeGrant_TwoAtOnce_AreMadeOneAfterTheOther()
    {
        var rig = new HostRig().Activate();
        var first = rig.Turns.Start(() => rig.Host.ChangeGrantAsync(Change(HostRig.Server, ChannelRights.Publish, true), default));
        var second = rig.Turns.Start(() => rig.Host.ChangeGrantAsync(Change(HostRig.Server, ChannelRights.Signal, true), default));
        rig.Turns.RunUntilIdle();

        Assert.Equal([1, 2], new[] { first.Done().Version, second.Done().Version });
        Assert.Equal(2, Kept(rig).Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ChangeGrant_NotKept_IsRefusedAndTheChannelGivesUp(bool storeFails)
    {
        var rig = new HostRig().Activate().Attach();
        rig.FailsSaving = storeFails;
        Assert.NotNull(rig.Turns.Complete(() => rig.Stored.TrySaveAsync(
            HostRig.Channel, default, ChannelGrants.None.Grant(UserId.Parse("carol"), ChannelRights.Publish), CancellationToken.None)));

        var outcome = ChangeGrant(rig, HostRig.Server, ChannelRights.Publish, revoke: true);

        Assert.Equal(RealtimeErrorCode.Unavailable, outcome.Refusal!.Code);
        Assert.Single(rig.Deactivations);
        Assert.Empty(rig.SentOf<GrantsMessage>());
        Assert.Single(rig.SentOf<DetachedMessage>());
    }

    [Fact]
    public void ChangeGrant_ByAnOwnerThatWasOvertaken_IsNotAcknowledged_AndTheNextOwnerGoesOn()
    {
        var old = new HostRig().Activate();
        ChangeGrant(old, HostRig.Server, ChannelRights.Publish, revoke: true);
        var next = new HostRig(after: old).Activate();

        Assert.Equal(RealtimeErrorCode.Unavailable, ChangeGrant(old, HostRig.Server, ChannelRights.Signal, revoke: true).Refusal!.Code);
        Assert.Single(old.Deactivations);

        Assert.Equal(2, ChangeGrant(next, HostRig.Server, ChannelRights.History, revoke: true).Version);
        Assert.Equal(ChannelRights.Publish | ChannelRights.History, Kept(next).Entries[UserId.Parse("bob")].Denied);
    }

    [Fact]
    public void ChangeGrant_TheFirstOfADurableChannel_ByAnOwnerThatWasOvertaken_IsNotAcknowledged()
    {
        var old = new HostRig(Durability.Durable).Activate();
        _ = new HostRig(Durability.Durable, after: old).Activate();

        Assert.Equal(RealtimeErrorCode.Unavailable, ChangeGrant(old, HostRig.Server, ChannelRights.Signal, revoke: true).Refusal!.Code);
        Assert.Single(old.Deactivations);
    }

    [Fact]
    public void Renewal_OfAnEdgeWithLaterGrants_MakesTheHostReadThem()
    {
        var old = new HostRig().Activate();
        var next = new HostRig(after: old).Activate().Attach();
        ChangeGrant(old, HostRig.Server, ChannelRights.Publish, revoke: true);

        var outcome = next.Turns.Complete(() => next.Host.RenewAsync(
            new Renewal(HostRig.Edge, HostRig.Channel, default, GrantsVersion: 1), CancellationToken.None));
        next.Turns.RunUntilIdle();

        Assert.Equal((true, null), (outcome.IsAttached, outcome.Grants));
        Assert.Equal(1, Assert.Single(next.SentOf<GrantsMessage>()).Grants.Version);
        Assert.Equal(RealtimeErrorCode.Forbidden, next.Publish(caller: HostRig.Bob).Refusal!.Code);
        Assert.Equal(2, ChangeGrant(next, HostRig.Server, ChannelRights.Signal, revoke: true).Version);
    }

    [Fact]
    public void IsIdle_MemoryChannel_OnlyOnceItsHistoryAndItsMessageIdsHaveAged()
    {
        var rig = new HostRig();
        rig.Policy = rig.Policy! with { Replay = rig.Policy.Replay with { Age = TimeSpan.FromMinutes(1) } };
        rig.Activate();
        Assert.True(rig.Host.IsIdle);

        rig.Publish("a");
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(rig.Host.IsIdle);
        rig.Time.Advance(TimeSpan.FromMinutes(9));

        Assert.True(rig.Host.IsIdle);
    }

    [Fact]
    public void IsIdle_DurableChannel_UnlessAttachedPresentOrAppending()
    {
        var rig = new HostRig(Durability.Durable).Activate();
        rig.Publish();
        Assert.True(rig.Host.IsIdle);

        var gate = new TaskCompletionSource<LogFault>();
        rig.Decide = _ => gate.Task;
        rig.StartPublish();
        Assert.False(rig.Host.IsIdle);
        gate.SetResult(LogFault.None);
        rig.Turns.RunUntilIdle();
        Assert.True(rig.Host.IsIdle);

        rig.Attach(HostRig.Edge, "ann");
        Assert.False(rig.Host.IsIdle);
        rig.Turns.Complete(() => rig.Host.DetachAsync(HostRig.Edge, CancellationToken.None));
        Assert.False(rig.Host.IsIdle);
        rig.Advance(ChannelPolicy.FlapGrace);
        Assert.True(rig.Host.IsIdle);
    }

    [Fact]
    public void Describe_ActiveChannel_SaysWhatItHolds()
    {
        var rig = new HostRig().Activate().Attach(HostRig.Edge, "ann");
        rig.Publish(json: "\"12\"");

        var description = rig.Turns.Complete(() => rig.Host.DescribeAsync(CancellationToken.None));

        Assert.Equal((1L, 1L, 4L, 1), (
            description.Position.Sequence, description.Oldest, description.BufferedBytes, description.Members));
        Assert.Equal(HostRig.Edge, Assert.Single(description.Edges));
        Assert.Equal(rig.Policy!.Guarantee, description.Guarantee);
    }

    private static IEnumerable<string> Joined(HostRig rig) => rig.SentOf<PresenceMessage>()
        .SelectMany(static message => message.Joined).Select(static member => member.User.Value).Distinct().Order();

    private static IEnumerable<string> Left(HostRig rig) => rig.SentOf<PresenceMessage>()
        .SelectMany(static message => message.Left).Select(static member => member.User.Value).Distinct().Order();

    private static PresenceOutcome Presence(HostRig rig) =>
        rig.Turns.Complete(() => rig.Host.PresenceAsync(HostRig.Ann, CancellationToken.None));

    private static RenewOutcome Renew(HostRig rig, EdgeId edge, long grantsVersion = 0) => rig.Turns.Complete(
        () => rig.Host.RenewAsync(new Renewal(edge, HostRig.Channel, default, grantsVersion), CancellationToken.None));

    /// <summary>What the store has. Asking makes the asker its owner.</summary>
    private static ChannelGrants Kept(HostRig rig) =>
        rig.Turns.Complete(() => rig.Stored.OpenAsync(HostRig.Channel, CancellationToken.None)).Grants;

    private static GrantOutcome ChangeGrant(HostRig rig, Caller caller, ChannelRights rights, bool revoke) =>
        rig.Turns.Complete(() => rig.Host.ChangeGrantAsync(Change(caller, rights, revoke), CancellationToken.None));

    private static GrantChange Change(Caller caller, ChannelRights rights, bool revoke) =>
        new(caller, UserId.Parse("bob"), rights, revoke);
}
