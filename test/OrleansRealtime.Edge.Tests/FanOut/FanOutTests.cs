using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>Signals, presence, grants, conflation, and what a publication costs.</summary>
public class FanOutTests
{
    [Fact]
    public async Task Publication_ToManySubscribers_IsEncodedOnce()
    {
        await using var bench = new EdgeBench();
        var format = new LineFormat();
        var transports = new List<TestTransport>();
        for (var i = 0; i < 100; i++)
        {
            var (connection, transport) = await bench.LogInAsync(new TestTransport(format));
            await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
            transports.Add(transport);
        }

        bench.RoomChannel.Publish();
        foreach (var transport in transports)
        {
            await transport.NextAsync<PublicationFrame>();
        }

        // Each shard may find the frame missing at the same moment; one array wins and is shared.
        Assert.InRange(format.PublicationsEncoded, 1, bench.Node.Shards.Count);
    }

    [Fact]
    public async Task Publications_OfOneBurst_AreJoinedIntoFewWrites()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        var before = transport.Writes;

        // The shard is kept busy until all have been delivered.
        using var gate = new ManualResetEventSlim();
        connection.Shard.Post(gate.Wait);
        bench.RoomChannel.PublishMany(100);
        gate.Set();
        for (var i = 0; i < 100; i++)
        {
            await transport.NextAsync<PublicationFrame>();
        }

        Assert.InRange(transport.Writes - before, 1, 2);
    }

    [Fact]
    public async Task Signal_ReachesOthersButNotItsOrigin()
    {
        await using var bench = new EdgeBench();
        var (alice, aliceTransport) = await bench.LogInAsync();
        var (bob, bobTransport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(alice, aliceTransport, EdgeBench.Room);
        await EdgeBench.SubscribeAsync(bob, bobTransport, EdgeBench.Room);

        await alice.OnCommandAsync(new SignalCommand(default, EdgeBench.Room, Payload.Json("1"), "typing"));
        var signal = await bobTransport.NextAsync<SignalFrame>();
        await EdgeBench.SettleAsync(alice);

        Assert.Equal("typing", signal.Key);
        Assert.Empty(aliceTransport.Drain());
    }

    [Fact]
    public async Task Signals_UnderPressure_AreReducedToTheNewestOfAKey()
    {
        await using var bench = new EdgeBench(new EdgeOptions { QueueBytes = 4096 });
        var (slow, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(slow, transport, EdgeBench.Room);
        transport.Hold();
        for (var i = 1; i <= 200; i++)
        {
            bench.RoomChannel.Send(new SignalMessage(
                EdgeBench.Room, Sender.FromValue("bob"), null, null, "cursor", Payload.Json($"{i}")));
            await EdgeBench.SettleAsync(slow);
        }

        transport.Release();
        SignalFrame signal;
        var count = 0;
        do
        {
            signal = await transport.NextAsync<SignalFrame>();
            count++;
        }
        while (signal.Payload != Payload.Json("200"));

        Assert.True(count < 100, $"{count} signals came");
    }

    [Fact]
    public async Task Presence_IsCountedByUserAndToldToThoseWhoAsked()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        var (first, firstTransport) = await bench.LogInAsync();
        var (second, secondTransport) = await bench.LogInAsync();
        var (plain, plainTransport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(first, firstTransport, EdgeBench.Room, presence: true);
        await EdgeBench.SubscribeAsync(second, secondTransport, EdgeBench.Room, presence: true);
        await EdgeBench.SubscribeAsync(plain, plainTransport, EdgeBench.Room);
        await Until.TrueAsync("the first join is told", () => channel.MemberUpdates.Count == 1);

        channel.Send(new PresenceMessage(EdgeBench.Room, [new Member(UserId.Parse("carol"), default)], []));
        Assert.Equal("carol", (await firstTransport.NextAsync<JoinFrame>()).Member.User.Value);
        await EdgeBench.SettleAsync(plain);
        Assert.Empty(plainTransport.Drain());

        first.OnEnded(CloseReason.GoingAway);
        await EdgeBench.SettleAsync(first);
        Assert.Single(channel.MemberUpdates);
        second.OnEnded(CloseReason.GoingAway);
        await Until.TrueAsync("the leave is told", () => channel.MemberUpdates.Count == 2);

        Assert.Equal("alice", Assert.Single(channel.MemberUpdates[0].Joined).User.Value);
        Assert.Equal("alice", Assert.Single(channel.MemberUpdates[1].Left).Value);
    }

    [Fact]
    public async Task Reattach_BringsAllMembersAgain()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room, presence: true);
        await Until.TrueAsync("the join is told", () => channel.MemberUpdates.Count == 1);

        channel.Send(new DetachedMessage(EdgeBench.Room));
        await Until.TrueAsync("the edge attached again", () => channel.Attaches == 2);

        Assert.Equal("alice", Assert.Single(channel.MembersAtAttach).User.Value);
    }

    [Fact]
    public async Task Revoke_EndsTheSubscriptionAtOnce()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);

        bench.RoomChannel.ChangeGrants(static grants => grants.Revoke(UserId.Parse("alice"), ChannelRights.Subscribe));
        var unsubscribed = await transport.NextAsync<UnsubscribedFrame>();
        bench.RoomChannel.Publish();
        await EdgeBench.SettleAsync(connection);

        Assert.Equal(RealtimeErrorCode.Forbidden, unsubscribed.Error.Code);
        Assert.Empty(transport.Drain());
    }

    [Theory]
    [InlineData("nowhere:x")]
    [InlineData("secret:x")]
    [InlineData("@bob")]
    public async Task Subscribe_WithoutTheRight_IsForbidden(string name)
    {
        await using var bench = new EdgeBench();
        bench.Policies.Set(new Core.Policies.ChannelPolicy { Namespace = "@" });
        var (connection, transport) = await bench.LogInAsync();

        await connection.OnCommandAsync(
            new SubscribeCommand(new CommandId("s"), ChannelName.Parse(name), null, 0, false, null));

        Assert.Equal(RealtimeErrorCode.Forbidden, (await transport.NextAsync<ErrorFrame>()).Error.Code);
    }

    [Fact]
    public async Task Subscribe_ToAPrivateChannelWithAGrant_IsLive()
    {
        await using var bench = new EdgeBench();
        var name = ChannelName.Parse("secret:x");
        bench.System.Channel(name).ChangeGrants(static grants => grants.Grant(UserId.Parse("alice"), ChannelRights.Subscribe));
        var (connection, transport) = await bench.LogInAsync();

        await EdgeBench.SubscribeAsync(connection, transport, name);
    }

    [Fact]
    public async Task Subscribe_WithACapability_IsLive()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.ConnectAsync(
            EdgeBench.Alice(capabilities: new Capabilities([("secret:*", ChannelRights.Subscribe)])));

        await EdgeBench.SubscribeAsync(connection, transport, ChannelName.Parse("secret:x"));
    }

    [Fact]
    public async Task Subscribe_Twice_IsAConflict()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);

        await connection.OnCommandAsync(new SubscribeCommand(new CommandId("t"), EdgeBench.Room, null, 0, false, null));

        Assert.Equal(RealtimeErrorCode.Conflict, (await transport.NextAsync<ErrorFrame>()).Error.Code);
    }

    [Fact]
    public async Task Subscribe_BeyondTheLimit_IsRefused()
    {
        await using var bench = new EdgeBench(limits: new OrleansRealtime.Edge.Limits.LimitOptions { SubscriptionsPerConnection = 2 });
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, ChannelName.Parse("chat:1"));
        await EdgeBench.SubscribeAsync(connection, transport, ChannelName.Parse("chat:2"));

        await connection.OnCommandAsync(
            new SubscribeCommand(new CommandId("t"), ChannelName.Parse("chat:3"), null, 0, false, null));

        Assert.Equal(RealtimeErrorCode.TooManySubscriptions, (await transport.NextAsync<ErrorFrame>()).Error.Code);
    }

    [Fact]
    public async Task Unsubscribe_WithoutASubscription_IsRefused()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();

        await connection.OnCommandAsync(new UnsubscribeCommand(new CommandId("u"), EdgeBench.Room));

        Assert.Equal(RealtimeErrorCode.NotSubscribed, (await transport.NextAsync<ErrorFrame>()).Error.Code);
    }

    [Fact]
    public async Task Conflation_GivesTheNewestOfEachKeyOncePerInterval()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(
            connection, transport, EdgeBench.Room, conflate: TimeSpan.FromMilliseconds(100));
        channel.Publish("1", "a");
        Assert.Equal(1, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);

        channel.Publish("2", "a");
        channel.Publish("3", "b");
        channel.Publish("4", "a");
        await EdgeBench.SettleAsync(connection);
        Assert.Empty(transport.Drain());
        bench.Clock.Advance(TimeSpan.FromMilliseconds(101));

        Assert.Equal(3, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
        Assert.Equal(4, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
    }
}
