using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>What an edge does when deliveries, or the channel behind them, are lost.</summary>
public class ContinuityTests
{
    private static readonly TimeSpan PastRenewal = TimeSpan.FromSeconds(13);

    [Fact]
    public async Task LostDelivery_BeforeALaterOne_IsReadFromTheChannel()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        channel.Publish();
        channel.LosesDeliveries = true;
        channel.PublishMany(3);
        channel.LosesDeliveries = false;
        channel.Publish();

        await ExpectAsync(transport, 1, 5);
    }

    [Fact]
    public async Task LostDelivery_ThatWasTheLast_IsFoundByTheRenewal()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        channel.LosesDeliveries = true;
        channel.PublishMany(2);

        bench.Clock.Advance(PastRenewal);
        bench.Heartbeat.Sweep();

        await ExpectAsync(transport, 1, 2);
    }

    [Fact]
    public async Task Deliveries_WhileAHoleIsRead_AreNeitherLostNorDoubled()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        channel.ReadsWaitFor = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.LosesDeliveries = true;
        channel.Publish();
        channel.LosesDeliveries = false;
        channel.PublishMany(20);
        channel.ReadsWaitFor.SetResult();
        channel.PublishMany(20);

        await ExpectAsync(transport, 1, 41);
    }

    [Fact]
    public async Task Hole_ThatTheChannelDoesNotKeep_IsAnnouncedAsLost()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        channel.Publish();
        await ExpectAsync(transport, 1, 1);
        channel.LosesDeliveries = true;
        channel.PublishMany(5);
        channel.LosesDeliveries = false;
        channel.Retain(5);
        channel.Publish();

        var gap = await transport.NextAsync<GapFrame>();

        Assert.Equal((2L, 4L, "lost"), (gap.From, gap.To, gap.Reason));
        await ExpectAsync(transport, 5, 7);
    }

    [Fact]
    public async Task Detached_ByTheChannel_AttachesAgainWithoutASeam()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        channel.Publish();
        channel.LosesDeliveries = true;
        channel.PublishMany(4);
        channel.LosesDeliveries = false;

        channel.Send(new DetachedMessage(EdgeBench.Room));
        await ExpectAsync(transport, 1, 5);
        channel.Publish();

        await ExpectAsync(transport, 6, 6);
        Assert.Equal(2, channel.Attaches);
    }

    [Fact]
    public async Task Channel_ThatForgotTheEdge_IsAttachedToAgainByTheRenewal()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        channel.Publish();
        await channel.DetachAsync(bench.Node.Id, CancellationToken.None);
        channel.PublishMany(2);

        bench.Clock.Advance(PastRenewal);
        bench.Heartbeat.Sweep();

        await ExpectAsync(transport, 1, 3);
    }

    [Fact]
    public async Task NewEpoch_ResetsSubscribersAndGoesOn()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        channel.PublishMany(3);
        await ExpectAsync(transport, 1, 3);

        channel.Restart("e2", 7);
        channel.Send(new DetachedMessage(EdgeBench.Room));
        var reset = await transport.NextAsync<ResetFrame>();
        channel.Publish();

        Assert.Equal(new Position(new Epoch("e2"), 7), reset.Position);
        await ExpectAsync(transport, 8, 8);
    }

    [Fact]
    public async Task Attach_ThatIsRefused_IsAnsweredAndTriedAgainByTheNextSubscriber()
    {
        await using var bench = new EdgeBench();
        bench.RoomChannel.Refusal = new RealtimeError(RealtimeErrorCode.Unavailable, "the store is away");
        var (connection, transport) = await bench.LogInAsync();
        await connection.OnCommandAsync(new SubscribeCommand(new CommandId("s"), EdgeBench.Room, null, 0, false, null));
        var error = await transport.NextAsync<ErrorFrame>();
        bench.RoomChannel.Refusal = null;

        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);

        Assert.Equal(RealtimeErrorCode.Unavailable, error.Error.Code);
    }

    [Fact]
    public async Task LastSubscriber_LeavesAndAWhilePasses_Detaches()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        await connection.OnCommandAsync(new UnsubscribeCommand(new CommandId("u"), EdgeBench.Room));
        await transport.NextAsync<AckFrame>();

        bench.Clock.Advance(TimeSpan.FromSeconds(29));
        bench.Heartbeat.Sweep();
        Assert.Equal(0, bench.RoomChannel.Detaches);
        bench.Clock.Advance(TimeSpan.FromSeconds(2));
        bench.Heartbeat.Sweep();
        await Until.TrueAsync("the edge has detached", () => bench.RoomChannel.Detaches == 1);
        bench.Heartbeat.Sweep();

        Assert.Equal(0, bench.Node.Attachments.Count);
    }

    private static async Task ExpectAsync(TestTransport transport, long from, long to)
    {
        for (var expected = from; expected <= to; expected++)
        {
            Assert.Equal(expected, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
        }
    }
}
