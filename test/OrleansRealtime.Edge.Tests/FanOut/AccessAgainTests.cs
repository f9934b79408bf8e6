using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>Live subscriptions are decided again when what they were decided by changes.</summary>
public class AccessAgainTests
{
    [Fact]
    public async Task Reload_WithoutTheNamespace_EndsItsSubscriptions()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);

        bench.Policies.Remove("chat");
        bench.Heartbeat.Sweep();

        var ended = await transport.NextAsync<UnsubscribedFrame>();
        Assert.Equal((EdgeBench.Room, RealtimeErrorCode.Forbidden), (ended.Channel, ended.Error.Code));
        await EdgeBench.SettleAsync(connection);
        Assert.Equal(0, connection.Subscriptions.Count);
    }

    [Fact]
    public async Task Reload_ThatNarrowsAccess_EndsWhatNoGrantAllows()
    {
        await using var bench = new EdgeBench();
        var (alice, hers) = await bench.LogInAsync();
        var (granted, its) = await bench.ConnectAsync(
            EdgeBench.Alice(capabilities: new Capabilities([("chat:*", ChannelRights.Subscribe)])));
        await EdgeBench.SubscribeAsync(alice, hers, EdgeBench.Room);
        await EdgeBench.SubscribeAsync(granted, its, EdgeBench.Room);

        bench.Policies.Set(new ChannelPolicy { Namespace = "chat", Access = ChannelAccess.Private });
        bench.Heartbeat.Sweep();
        await hers.NextAsync<UnsubscribedFrame>();
        bench.RoomChannel.Publish();

        await its.NextAsync<PublicationFrame>();
        Assert.Empty(hers.Drain());
    }

    [Fact]
    public async Task Reload_ThatChangesNothing_AsksNobody()
    {
        var authorizer = new CountingAuthorizer();
        await using var bench = new EdgeBench(authorizer: authorizer);
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, ChannelName.Parse("secret:x"));

        bench.Policies.Set(new ChannelPolicy { Namespace = "secret", Access = ChannelAccess.Private });
        bench.Heartbeat.Sweep();
        await EdgeBench.SettleAsync(connection);

        Assert.Equal(1, authorizer.Asked);
    }

    [Fact]
    public async Task Reload_WhileASubscriptionIsSetUp_DecidesIt()
    {
        await using var bench = new EdgeBench();
        bench.RoomChannel.PublishMany(5);
        var (connection, transport) = await bench.LogInAsync();
        var reads = bench.RoomChannel.ReadsWaitFor = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await connection.OnCommandAsync(new SubscribeCommand(
            new CommandId("s"), EdgeBench.Room, new Position(new Epoch("e1"), 1), 0, false, null));
        await Until.TrueAsync("the channel is read", () => bench.RoomChannel.Reads > 0);

        bench.Policies.Set(new ChannelPolicy { Namespace = "chat", Access = ChannelAccess.Private });
        bench.Heartbeat.Sweep();
        reads.SetResult();

        Assert.Equal(RealtimeErrorCode.Forbidden, (await transport.NextAsync<ErrorFrame>()).Error.Code);
    }

    [Fact]
    public async Task Revoke_OfPresence_EndsTheSubscriptionThatShowsIt_AndNoOther()
    {
        await using var bench = new EdgeBench();
        var (watching, its) = await bench.LogInAsync();
        var (plain, other) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(watching, its, EdgeBench.Room, presence: true);
        await EdgeBench.SubscribeAsync(plain, other, EdgeBench.Room);

        bench.RoomChannel.ChangeGrants(static grants => grants.Revoke(UserId.Parse("alice"), ChannelRights.Presence));

        await its.NextAsync<UnsubscribedFrame>();
        bench.RoomChannel.Publish();
        await other.NextAsync<PublicationFrame>();
    }

    private sealed class CountingAuthorizer : IChannelAuthorizer
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public ValueTask<bool> AuthorizeAsync(
            UserId user, ChannelName channel, ChannelRights right, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return ValueTask.FromResult(true);
        }
    }
}
