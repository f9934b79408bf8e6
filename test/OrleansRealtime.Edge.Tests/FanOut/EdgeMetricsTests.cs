using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>What the edge counts and how long it says that things took.</summary>
public class EdgeMetricsTests
{
    [Fact]
    public async Task Delivery_OfALivePublication_IsMeasuredOnceForAllSocketsOfAShard()
    {
        await using var bench = new EdgeBench();
        using var meters = new MeterReader(bench.Meters);
        var transports = new List<TestTransport>();
        for (var i = 0; i < bench.Node.Shards.Count * 3; i++)
        {
            var (connection, transport) = await bench.LogInAsync();
            await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
            transports.Add(transport);
        }

        bench.RoomChannel.TakenAt = bench.Clock.Now - TimeSpan.FromMilliseconds(250);
        bench.RoomChannel.Publish();
        foreach (var transport in transports)
        {
            await transport.NextAsync<PublicationFrame>();
        }

        var shards = bench.Node.Shards.Count;
        await Until.TrueAsync("every shard measured", () => meters.ValuesOf("delivery.duration").Count >= shards);
        Assert.Equal(Enumerable.Repeat(0.25, shards), meters.ValuesOf("delivery.duration"));
        Assert.Equal(transports.Count, meters.Of("publications.out"));
    }

    [Fact]
    public async Task Delivery_TakenByAClockThatIsAhead_CountsAsNothing()
    {
        await using var bench = new EdgeBench();
        using var meters = new MeterReader(bench.Meters);
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);

        bench.RoomChannel.TakenAt = bench.Clock.Now + TimeSpan.FromSeconds(3);
        bench.RoomChannel.Publish();

        await Until.TrueAsync("it is measured", () => meters.ValuesOf("delivery.duration") is [0]);
    }

    [Fact]
    public async Task Delivery_ToTheFirstSubscriberOfAShard_LeavesOutWhatCameBeforeIt()
    {
        await using var bench = new EdgeBench();
        using var meters = new MeterReader(bench.Meters);
        var shards = bench.Node.Shards.Count;
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        bench.RoomChannel.TakenAt = bench.Clock.Now;
        bench.RoomChannel.Publish();
        await transport.NextAsync<PublicationFrame>();
        await Until.TrueAsync("it is measured", () => meters.ValuesOf("delivery.duration") is [0]);
        bench.Clock.Advance(TimeSpan.FromMinutes(1));

        // One on every shard, and again on those that were left by all.
        for (var i = 0; i < shards; i++)
        {
            var (late, lateTransport) = await bench.LogInAsync();
            await EdgeBench.SubscribeAsync(late, lateTransport, EdgeBench.Room, new Position(new Epoch("e1"), 0));
            await lateTransport.NextAsync<PublicationFrame>();
        }

        bench.RoomChannel.TakenAt = bench.Clock.Now;
        bench.RoomChannel.Publish();

        await Until.TrueAsync("every shard measured", () => meters.ValuesOf("delivery.duration").Count == shards + 1);
        Assert.All(meters.ValuesOf("delivery.duration"), static value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task Resume_CountsWhatItGives_AndMeasuresNoDelivery()
    {
        await using var bench = new EdgeBench();
        using var meters = new MeterReader(bench.Meters);
        bench.RoomChannel.TakenAt = bench.Clock.Now;
        bench.RoomChannel.PublishMany(20);
        bench.RoomChannel.RecentAtAttach = 5;
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room, new Position(new Epoch("e1"), 0));
        for (var i = 0; i < 20; i++)
        {
            await transport.NextAsync<PublicationFrame>();
        }

        connection.OnEnded(CloseReason.GoingAway);

        await Until.TrueAsync("all are counted", () => meters.Of("publications.out") == 20);
        Assert.Empty(meters.ValuesOf("delivery.duration"));
    }

    [Theory]
    [InlineData(28, false, "cache")]
    [InlineData(20, false, "buffer")]
    [InlineData(20, true, "log")]
    [InlineData(3, false, "lost")]
    public async Task Resume_IsCounted_ByWhereWhatWasMissedCameFrom(long from, bool isFromLog, string source)
    {
        await using var bench = new EdgeBench();
        using var meters = new MeterReader(bench.Meters);
        bench.RoomChannel.PublishMany(30);
        bench.RoomChannel.Retain(11);
        bench.RoomChannel.RecentAtAttach = 5;
        bench.RoomChannel.ReadsComeFromLog = isFromLog;
        var (connection, transport) = await bench.LogInAsync();

        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room, new Position(new Epoch("e1"), from));

        Assert.Equal(1, meters.Of("recoveries " + source));
    }

    [Fact]
    public async Task Connection_ReachesEachMilestoneOnce_AndItsTimeIsMeasured()
    {
        await using var bench = new EdgeBench();
        using var meters = new MeterReader(bench.Meters);
        var transport = new TestTransport();
        var connection = bench.Node.Open(transport, Edge.Tests.Connections.FreeGuard.Instance);
        bench.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await connection.StartAsync(EdgeBench.Alice(), null);
        await transport.NextAsync<AuthAckFrame>();
        bench.Clock.Advance(TimeSpan.FromMilliseconds(200));
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        await EdgeBench.SubscribeAsync(connection, transport, ChannelName.Parse("chat:other"));
        bench.Clock.Advance(TimeSpan.FromMilliseconds(400));
        bench.RoomChannel.PublishMany(2);
        await transport.NextAsync<PublicationFrame>();
        await transport.NextAsync<PublicationFrame>();

        Assert.Equal([0.1], meters.ValuesOf("connect.duration authenticated"));
        Assert.Equal([0.3], meters.ValuesOf("connect.duration subscribed"));
        Assert.Equal([0.7], meters.ValuesOf("connect.duration first_publication"));
    }

    [Fact]
    public async Task Edge_TellsItsChannels_AndWhatWaitsForASlowReader()
    {
        await using var bench = new EdgeBench();
        using var meters = new MeterReader(bench.Meters);
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        Assert.Equal(1, meters.Of("channels"));

        // An answer can be read a moment before it is counted as written.
        await Until.TrueAsync("the answers are written", () => meters.Of("queued") == 0);

        transport.Hold();
        bench.RoomChannel.Publish("\"" + new string('x', 1000) + "\"");

        await Until.TrueAsync("it waits", () => meters.Of("queued") > 1000);
        transport.Release();
        await Until.TrueAsync("it is written", () => meters.Of("queued") == 0);
        Assert.True(meters.Of("bytes.out") > 1000);
    }

    [Fact]
    public async Task StripedCounter_AddedToByAllCores_LosesNothing()
    {
        var counter = new StripedCounter();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(3);
            }
        })));

        Assert.Equal(120_000, counter.Value);
    }
}
