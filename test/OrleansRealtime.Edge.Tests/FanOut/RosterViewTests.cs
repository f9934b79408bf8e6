using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.FanOut;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>What subscribers hear of who is present when the channel's host is lost. The listener is alice.</summary>
public sealed class RosterViewTests : IAsyncDisposable
{
    private static readonly TimeSpan UntilSettled = new EdgeOptions().RenewInterval * 1.5;

    private readonly EdgeBench _bench = new();
    private Connection _alice = null!;
    private TestTransport _transport = null!;

    private ScriptedChannel Room => _bench.RoomChannel;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task HostLost_KeepsWhatIsKnownAlready_AndAnnouncesTheDifferenceWhenAllHadTimeToAttach()
    {
        await ListenAsync("bob");
        Tell("carol dave");
        await ExpectAsync("+carol", "+dave");

        await LoseHostAsync();
        Tell("alice carol eve");
        await ExpectAsync("+eve");
        _bench.Clock.Advance(UntilSettled - TimeSpan.FromMilliseconds(1));
        _bench.Heartbeat.Sweep();
        Assert.Equal(1, Room.PresenceReads);

        List("alice carol eve frank");
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
        _bench.Heartbeat.Sweep();

        await ExpectAsync("+frank", "-bob", "-dave");
    }

    [Fact]
    public async Task HostLost_AndSettled_JoinsAreTakenAsTheyComeAgain()
    {
        await ListenAsync("bob");
        await LoseHostAsync();
        await SettleAsync("alice bob");

        Tell("bob");

        await ExpectAsync("+bob");
    }

    [Fact]
    public async Task HostLost_SubscriberWhoCameSince_HearsAllJoins_AndOthersNone()
    {
        await ListenAsync("bob");
        await LoseHostAsync();
        var (late, lateTransport) = await _bench.LogInAsync();
        await EdgeBench.SubscribeAsync(late, lateTransport, EdgeBench.Room, presence: true);

        Tell("bob");

        Assert.Equal("bob", (await lateTransport.NextAsync<JoinFrame>()).Member.User.Value);
        await ExpectNothingAsync();
    }

    [Fact]
    public async Task HostLost_SubscriberWhoAskedForTheListSince_HearsAllJoins()
    {
        await ListenAsync("bob");
        await LoseHostAsync();
        List("alice");
        await _alice.OnCommandAsync(new PresenceCommand(new CommandId("p"), EdgeBench.Room));
        await _transport.NextAsync<AckFrame>();

        Tell("bob");

        await ExpectAsync("+bob");
    }

    [Fact]
    public async Task HostLost_AgainBeforeItSettled_StillTellsApartWhoKnows()
    {
        await ListenAsync("bob carol");
        await LoseHostAsync();
        await LoseHostAsync();

        Tell("bob");
        await ExpectNothingAsync();
        await SettleAsync("alice bob");

        await ExpectAsync("-carol");
    }

    [Fact]
    public async Task HostLost_TruncatedList_TakesNobodyToHaveLeft()
    {
        await ListenAsync("bob");
        await LoseHostAsync();

        Room.OnPresence = () => Task.FromResult(new PresenceOutcome(null, false, Members("carol"), 1001, IsTruncated: true));
        _bench.Clock.Advance(UntilSettled);
        _bench.Heartbeat.Sweep();

        await ExpectAsync("+carol");
        await ExpectNothingAsync();
    }

    [Fact]
    public async Task HostLost_ListOfAHostThatDoesNotKnowThisEdge_IsNotBelieved()
    {
        await ListenAsync("bob");
        await LoseHostAsync();
        await SettleAsync("");
        await ExpectNothingAsync();

        _bench.Clock.Advance(UntilSettled);
        await SettleAsync("alice");

        await ExpectAsync("-bob");
    }

    [Fact]
    public async Task HostLost_WhatIsHeardWhileTheListIsRead_IsNewerThanTheList()
    {
        await ListenAsync("bob carol");
        await LoseHostAsync();
        var list = new TaskCompletionSource<PresenceOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        Room.OnPresence = () => list.Task;
        _bench.Clock.Advance(UntilSettled);
        _bench.Heartbeat.Sweep();
        await Until.TrueAsync("the list is read", () => Room.PresenceReads == 2);

        Tell("dave");
        Room.Send(new PresenceMessage(EdgeBench.Room, [], Members("carol")));
        list.SetResult(new PresenceOutcome(null, false, Members("alice carol"), 2, IsTruncated: false));

        await ExpectAsync("+dave", "-carol", "-bob");
        await ExpectNothingAsync();
    }

    [Fact]
    public async Task HostLost_UnderAPolicyThatListsNobodyAnyMore_AnnouncesNothing()
    {
        await ListenAsync("bob");
        await LoseHostAsync();
        _bench.Policies.Set(new ChannelPolicy { Namespace = "chat", Presence = PresencePolicy.Count });

        _bench.Clock.Advance(UntilSettled);
        _bench.Heartbeat.Sweep();

        await ExpectNothingAsync();
        Assert.Equal(1, Room.PresenceReads);
    }

    [Fact]
    public async Task ChannelOfManyMembers_IsRememberedUpToWhatAListHolds()
    {
        await ListenAsync("");
        var many = Enumerable.Range(0, ChannelPolicy.MaxListedMembers + 10).Select(static i => $"user-{i:0000}").ToList();
        Tell(string.Join(' ', many));
        await LoseHostAsync();
        await SettleAsync("alice");

        // One of the places is alice's own.
        await ExpectAsync([
            .. many.Select(static name => $"+{name}"),
            .. many.Take(ChannelPolicy.MaxListedMembers - 1).Select(static name => $"-{name}")]);
        await ExpectNothingAsync();
    }

    [Fact]
    public async Task NobodyListens_ReadsNoList()
    {
        var (connection, transport) = await _bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);

        await LoseHostAsync();
        _bench.Clock.Advance(UntilSettled);
        _bench.Heartbeat.Sweep();
        await EdgeBench.SettleAsync(connection);

        Assert.Equal(0, Room.PresenceReads);
    }

    /// <summary>Alice listens, and finds others there.</summary>
    private async Task ListenAsync(string others)
    {
        (_alice, _transport) = await _bench.LogInAsync();
        await EdgeBench.SubscribeAsync(_alice, _transport, EdgeBench.Room, presence: true);
        await Until.TrueAsync("the join is told", () => Room.MemberUpdates.Count == 1);
        List($"alice {others}");
        _bench.Heartbeat.Sweep();
        await Until.TrueAsync("the first list is taken", () => Roster().Phase == RosterPhase.Settled);
        await ExpectNothingAsync();
    }

    private async Task LoseHostAsync()
    {
        var attaches = Room.Attaches;
        Room.Restart(Room.Position.Epoch.Value, Room.Position.Sequence);
        Room.Send(new DetachedMessage(EdgeBench.Room));
        await Until.TrueAsync("the edge attached again", () =>
            Room.Attaches > attaches && _bench.Node.Attachments.Find(EdgeBench.Room)!.IsAttached && Roster().Phase is RosterPhase.Unsettled or RosterPhase.Deaf);
    }

    private async Task SettleAsync(string present)
    {
        List(present);
        _bench.Clock.Advance(UntilSettled);
        var reads = Room.PresenceReads;
        _bench.Heartbeat.Sweep();
        await Until.TrueAsync("the list is read", () => Room.PresenceReads > reads && !Roster().IsReading);
    }

    private RosterView Roster() => _bench.Node.Attachments.Find(EdgeBench.Room)!.Roster;

    private void List(string names)
    {
        var members = Members(names);
        Room.OnPresence = () => Task.FromResult(new PresenceOutcome(null, false, members, members.Length, IsTruncated: false));
    }

    private void Tell(string joined) => Room.Send(new PresenceMessage(EdgeBench.Room, Members(joined), []));

    /// <summary>Alice hears these next, in any order: joins as «+», leaves as «-».</summary>
    private async Task ExpectAsync(params string[] changes)
    {
        var heard = new List<string>();
        for (var i = 0; i < changes.Length; i++)
        {
            heard.Add(await _transport.NextAsync() switch
            {
                JoinFrame join => $"+{join.Member.User}",
                LeaveFrame leave => $"-{leave.Member.User}",
                var other => other.GetType().Name,
            });
        }

        Assert.Equal(changes.Order(StringComparer.Ordinal), heard.Order(StringComparer.Ordinal));
    }

    private async Task ExpectNothingAsync()
    {
        await EdgeBench.SettleAsync(_alice);
        Assert.Empty(_transport.Drain());
    }

    private static ImmutableArray<Member> Members(string names) =>
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static name => new Member(UserId.Parse(name), default))];
}
