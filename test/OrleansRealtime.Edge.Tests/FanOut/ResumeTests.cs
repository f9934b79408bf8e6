using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>What a returning client is told, and what it then gets.</summary>
public class ResumeTests
{
    private static readonly Epoch Epoch = new("e1");

    /// <summary>30 publications, of which the channel keeps 11 to 30 and the edge 26 to 30.</summary>
    [Theory]
    [InlineData("e1", 30, true, 0)]
    [InlineData("e1", 28, true, 2)]
    [InlineData("e1", 25, true, 5)]
    [InlineData("e1", 24, true, 6)]
    [InlineData("e1", 10, true, 20)]
    [InlineData("e1", 9, false, 0)]
    [InlineData("e1", 0, false, 0)]
    [InlineData("e1", 31, false, 0)]
    [InlineData("e0", 28, false, 0)]
    public async Task Resume_FromAnyPosition_TellsTheTruthAndKeepsIt(string epoch, long from, bool recovered, long missed)
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        channel.PublishMany(30);
        channel.Retain(11);
        channel.RecentAtAttach = 5;
        var (connection, transport) = await bench.LogInAsync();

        var ack = await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room, new Position(new Epoch(epoch), from));
        channel.Publish();

        Assert.Equal((recovered, missed, false), (ack.Recovered, ack.Missed, ack.Snapshot));
        Assert.Equal(new Position(Epoch, 30), ack.Position);
        for (var expected = 31 - missed; expected <= 31; expected++)
        {
            Assert.Equal(expected, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(12, 12)]
    [InlineData(25, 20)]
    public async Task Subscribe_WithLast_BringsThatManyAsFarAsKept(int last, long missed)
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        channel.PublishMany(30);
        channel.Retain(11);
        channel.RecentAtAttach = 5;
        var (connection, transport) = await bench.LogInAsync();

        var ack = await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room, last: last);

        Assert.Equal((true, missed), (ack.Recovered, ack.Missed));
        for (var expected = 31 - missed; expected <= 30; expected++)
        {
            Assert.Equal(expected, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
        }
    }

    [Fact]
    public async Task Resume_AheadOfTheEdgeButNotOfTheChannel_IsRecovered()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        channel.PublishMany(5);
        var (connection, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room);
        channel.LosesDeliveries = true;
        channel.PublishMany(3);
        channel.LosesDeliveries = false;
        var (other, otherTransport) = await bench.LogInAsync();

        var ack = await EdgeBench.SubscribeAsync(other, otherTransport, EdgeBench.Room, new Position(Epoch, 8));
        channel.Publish();

        Assert.Equal((true, 0L, 8L), (ack.Recovered, ack.Missed, ack.Position.Sequence));
        Assert.Equal(9, (await otherTransport.NextAsync<PublicationFrame>()).Publication.Sequence);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(3, false)]
    public async Task Resume_WhereNothingIsKept_IsRecoveredOnlyAtTheHead(long from, bool recovered)
    {
        await using var bench = new EdgeBench();
        var name = ChannelName.Parse("none:x");
        var channel = bench.System.Channel(name);
        channel.PublishMany(4);
        channel.RecentAtAttach = 4;
        var (connection, transport) = await bench.LogInAsync();

        var ack = await EdgeBench.SubscribeAsync(connection, transport, name, new Position(Epoch, from));
        channel.Publish();

        Assert.Equal((recovered, 0L), (ack.Recovered, ack.Missed));
        Assert.Equal(5, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
    }

    [Fact]
    public async Task Subscribe_ToACompactChannel_BringsTheSnapshotAndThenLiveWithoutASeam()
    {
        await using var bench = new EdgeBench();
        var name = ChannelName.Parse("prices:x");
        var channel = bench.System.Channel(name);
        channel.Publish("1", "a");
        var b = channel.Publish("2", "b");
        var a = channel.Publish("3", "a");
        channel.Snapshot = [b, a];
        var (connection, transport) = await bench.LogInAsync();

        var ack = await EdgeBench.SubscribeAsync(connection, transport, name);
        channel.Publish("4", "c");

        Assert.Equal((true, 2L, true), (ack.Recovered, ack.Missed, ack.Snapshot));
        Assert.Equal(2, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
        Assert.Equal(3, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
        Assert.Equal(4, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
    }

    [Fact]
    public async Task Resume_OfACompactChannelThatIsGone_IsNotRecoveredAndBringsTheSnapshot()
    {
        await using var bench = new EdgeBench();
        var name = ChannelName.Parse("prices:x");
        var channel = bench.System.Channel(name);
        channel.PublishMany(9);
        channel.Snapshot = [channel.Publish("10", "a")];
        channel.Retain(8);
        var (connection, transport) = await bench.LogInAsync();

        var ack = await EdgeBench.SubscribeAsync(connection, transport, name, new Position(Epoch, 3));

        Assert.Equal((false, 1L, true), (ack.Recovered, ack.Missed, ack.Snapshot));
        Assert.Equal(10, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
    }

    [Fact]
    public async Task Resumes_ThatTheCacheCovers_DoNotReachTheChannel()
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        channel.PublishMany(20);
        channel.RecentAtAttach = 10;
        for (var i = 0; i < 50; i++)
        {
            var (connection, transport) = await bench.LogInAsync();
            await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room, new Position(Epoch, 12));
            for (var expected = 13; expected <= 20; expected++)
            {
                Assert.Equal(expected, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
            }
        }

        Assert.Equal((1, 0), (channel.Attaches, channel.Reads));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Resumes_FromBeforeTheCache_ReachTheChannelOnce(long from)
    {
        await using var bench = new EdgeBench();
        var channel = bench.RoomChannel;
        channel.PublishMany(100);
        channel.RecentAtAttach = 10;
        for (var i = 0; i < 20; i++)
        {
            var (connection, transport) = await bench.LogInAsync();
            var ack = await EdgeBench.SubscribeAsync(connection, transport, EdgeBench.Room, new Position(Epoch, from));
            Assert.Equal((true, 100 - from), (ack.Recovered, ack.Missed));
            for (var expected = from + 1; expected <= 100; expected++)
            {
                Assert.Equal(expected, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
            }
        }

        Assert.Equal((1, 1), (channel.Attaches, channel.Reads));
    }
}
