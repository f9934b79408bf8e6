using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>What becomes of a subscriber that does not read, by policy, and that it costs a bounded amount of memory.</summary>
public class SlowReaderTests
{
    private const int Budget = 4096;

    private static readonly string Text = $"\"{new string('x', 200)}\"";

    private static EdgeBench Bench() => new(new EdgeOptions { QueueBytes = Budget, ReplayCacheBytes = 4096 });

    [Fact]
    public async Task CatchUp_AfterStandingStill_BringsEveryRetainedPublicationInOrder()
    {
        await using var bench = Bench();
        var channel = bench.RoomChannel;
        var (slow, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(slow, transport, EdgeBench.Room);
        transport.Hold();

        channel.PublishMany(500, Text);
        await Until.TrueAsync("the queue is full", () => slow.Queue.PendingBytes >= Budget);
        Assert.InRange(slow.Queue.PendingBytes, Budget, 2 * Budget);
        transport.Release();

        for (var expected = 1; expected <= 500; expected++)
        {
            Assert.Equal(expected, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
        }
    }

    [Fact]
    public async Task CatchUp_ThatFallsOutOfTheHistory_IsToldTheGapAndGoesOn()
    {
        await using var bench = Bench();
        var channel = bench.RoomChannel;
        var (slow, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(slow, transport, EdgeBench.Room);
        transport.Hold();
        channel.PublishMany(500, Text);
        await EdgeBench.SettleAsync(slow);
        channel.Retain(401);
        transport.Release();

        var next = 1L;
        while (next <= 500)
        {
            switch (await transport.NextAsync())
            {
                case PublicationFrame publication:
                    Assert.Equal(next++, publication.Publication.Sequence);
                    break;
                case GapFrame gap:
                    Assert.Equal((next, 400L, "slow"), (gap.From, gap.To, gap.Reason));
                    next = gap.To + 1;
                    break;
            }
        }
    }

    [Fact]
    public async Task CatchUp_WhileThereIsNoRoom_DoesNotReadTheChannel()
    {
        await using var bench = Bench();
        var (slow, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(slow, transport, EdgeBench.Room);
        transport.Hold();
        bench.RoomChannel.PublishMany(500, Text);

        for (var i = 0; i < 20; i++)
        {
            await EdgeBench.SettleAsync(slow);
            bench.Heartbeat.Sweep();
        }

        Assert.InRange(bench.RoomChannel.Reads, 0, 1);
    }

    [Fact]
    public async Task SlowReader_OfABusyChannel_DoesNotHoldUpTheOthers()
    {
        await using var bench = Bench();
        var (slow, slowTransport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(slow, slowTransport, EdgeBench.Room);
        slowTransport.Hold();
        var (fast, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(fast, transport, EdgeBench.Room);

        for (var expected = 1; expected <= 300; expected++)
        {
            bench.RoomChannel.Publish(Text);
            Assert.Equal(expected, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
        }

        await Until.TrueAsync("its queue is full", () => slow.Queue.PendingBytes >= Budget);
        Assert.InRange(slow.Queue.PendingBytes, Budget, 2 * Budget);
    }

    [Fact]
    public async Task Latest_AfterStandingStill_BringsTheNewestOfEachKeyAndTheGaps()
    {
        await using var bench = Bench();
        var name = ChannelName.Parse("latest:x");
        var channel = bench.System.Channel(name);
        var (slow, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(slow, transport, name);
        transport.Hold();
        for (var i = 0; i < 200; i++)
        {
            channel.Publish(Text, "k" + (i % 3));
        }

        await EdgeBench.SettleAsync(slow);
        transport.Release();

        var seen = await ReadThroughAsync(transport, 200);
        Assert.True(seen.Publications.Count < 100, $"{seen.Publications.Count} came, though most were to be skipped");
        Assert.Equal([198L, 199L, 200L], seen.Publications.TakeLast(3));
        Assert.Equal(["conflated"], seen.GapReasons);
    }

    [Fact]
    public async Task Drop_AfterStandingStill_AnnouncesTheGapAndIsLiveAgain()
    {
        await using var bench = Bench();
        var name = ChannelName.Parse("drop:x");
        var channel = bench.System.Channel(name);
        var (slow, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(slow, transport, name);
        transport.Hold();
        channel.PublishMany(200, Text);
        await EdgeBench.SettleAsync(slow);
        transport.Release();

        var seen = await ReadThroughAsync(transport, 200);
        channel.Publish();

        Assert.Equal(["slow"], seen.GapReasons);
        Assert.Equal(201, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
    }

    [Fact]
    public async Task Close_OverTheBudget_ClosesWith4508()
    {
        await using var bench = Bench();
        var name = ChannelName.Parse("close:x");
        var (slow, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(slow, transport, name);
        transport.Hold();

        bench.System.Channel(name).PublishMany(200, Text);
        await Until.TrueAsync("it is closed", () => slow.IsClosed);

        Assert.Equal(CloseReason.TooSlow, slow.CloseReason);
    }

    [Fact]
    public async Task Close_WithMoreMissedThanTheBudget_CatchesUpFirst()
    {
        await using var bench = Bench();
        var name = ChannelName.Parse("close:x");
        var channel = bench.System.Channel(name);
        channel.PublishMany(200, Text);
        var (slow, transport) = await bench.LogInAsync();
        transport.Hold();
        await EdgeBench.SubscribeAsync(slow, transport, name, new Position(new Epoch("e1"), 0));
        await Until.TrueAsync("the queue is full", () => slow.Queue.PendingBytes >= Budget);
        await EdgeBench.SettleAsync(slow);
        Assert.Null(slow.CloseReason);

        transport.Release();
        for (var expected = 1; expected <= 200; expected++)
        {
            Assert.Equal(expected, (await transport.NextAsync<PublicationFrame>()).Publication.Sequence);
        }

        await Until.TrueAsync("it stands still at the head", () => slow.Queue is { IsWriting: false, PendingBytes: 0 });
        await EdgeBench.SettleAsync(slow);
        transport.Hold();
        channel.PublishMany(200, Text);
        await Until.TrueAsync("it is closed", () => slow.IsClosed);
        Assert.Equal(CloseReason.TooSlow, slow.CloseReason);
    }

    [Fact]
    public async Task Answers_ToAClientThatNeverReads_CloseWith4508()
    {
        await using var bench = Bench();
        var (client, transport) = await bench.LogInAsync();
        transport.Hold();

        for (var i = 0; i < 1000 && !client.IsClosed; i++)
        {
            await client.OnCommandAsync(new PingCommand(new CommandId("p")));
        }

        Assert.Equal(CloseReason.TooSlow, client.CloseReason);
        Assert.InRange(client.Queue.PendingBytes, 0, 3 * Budget);
    }

    [Fact]
    public async Task CatchUp_OnManyChannels_KeepsToOneBudgetAndLosesNothing()
    {
        await using var bench = Bench();
        var (slow, transport) = await bench.LogInAsync();
        var names = Enumerable.Range(0, 20).Select(static i => ChannelName.Parse($"chat:{i}")).ToArray();
        foreach (var name in names)
        {
            await EdgeBench.SubscribeAsync(slow, transport, name);
        }

        transport.Hold();
        foreach (var name in names)
        {
            bench.System.Channel(name).PublishMany(60, Text);
        }

        await EdgeBench.SettleAsync(slow);
        Assert.InRange(slow.Queue.PendingBytes, 1, 2 * Budget);
        transport.Release();

        var next = names.ToDictionary(static name => name, static _ => 1L);
        for (var i = 0; i < 20 * 60; i++)
        {
            var frame = await transport.NextAsync<PublicationFrame>();
            Assert.Equal(next[frame.Channel]++, frame.Publication.Sequence);
        }
    }

    private static async Task<(List<long> Publications, List<string> GapReasons)> ReadThroughAsync(
        TestTransport transport, long last)
    {
        var publications = new List<long>();
        var reasons = new SortedSet<string>();
        var next = 1L;
        while (next <= last)
        {
            switch (await transport.NextAsync())
            {
                case PublicationFrame publication:
                    Assert.Equal(next++, publication.Publication.Sequence);
                    publications.Add(publication.Publication.Sequence);
                    break;
                case GapFrame gap:
                    Assert.Equal(next, gap.From);
                    next = gap.To + 1;
                    reasons.Add(gap.Reason);
                    break;
            }
        }

        return (publications, [.. reasons]);
    }
}
