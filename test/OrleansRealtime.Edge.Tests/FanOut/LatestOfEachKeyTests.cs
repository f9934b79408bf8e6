using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>Whoever follows the latest of each key ends with what the channel has, whatever was lost or passed over on the way.</summary>
public class LatestOfEachKeyTests
{
    private const int Budget = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly string Text = $"\"{new string('x', 200)}\"";

    private static EdgeBench Bench() => new(new EdgeOptions { QueueBytes = Budget, ReplayCacheBytes = 4096 });

    [Theory]
    [InlineData("prices:x", false, "slow")]
    [InlineData("rates:x", false, "conflated")]
    [InlineData("prices:x", true, null)]
    public async Task CompactChannel_CursorFallsOutOfTheHistory_GivesTheLatestOfEachKeyInIt(
        string name, bool isConflated, string? reason)
    {
        await using var bench = Bench();
        var (follower, channel) = await FollowAsync(bench, name, isConflated ? Interval : null);
        follower.Transport.Hold();
        channel.PublishMany(100, Text);
        channel.Publish("1", "once");
        channel.PublishMany(100, Text);
        channel.Publish("null", "once removed");
        channel.PublishMany(300, Text);
        await EdgeBench.SettleAsync(follower.Connection);
        channel.Retain(481);

        follower.Transport.Release();
        await follower.FinishAsync(bench, channel);

        Assert.Equal(101, follower.State.Latest["once"]);
        Assert.Equal(202, follower.State.Latest["once removed"]);
        Assert.Equal(reason is null ? [] : [reason], follower.State.GapReasons);
    }

    [Fact]
    public async Task CompactChannel_EdgeItselfLostWhatIsGone_GivesTheLatestOfEachKeyInIt()
    {
        await using var bench = Bench();
        var (follower, channel) = await FollowAsync(bench, "prices:x", null);
        channel.Publish("1", "before");
        await EdgeBench.SettleAsync(follower.Connection);
        channel.LosesDeliveries = true;
        channel.Publish("1", "once");
        channel.Publish("null", "before");
        channel.PublishMany(20);
        channel.Retain(24);
        channel.LosesDeliveries = false;
        channel.Publish("1", "after");

        await follower.FinishAsync(bench, channel);

        Assert.Equal(new Dictionary<string, long> { ["before"] = 3, ["once"] = 2, ["after"] = 24 }, follower.State.Latest);
        Assert.Equal(["lost"], follower.State.GapReasons);
    }

    [Fact]
    public async Task CompactChannel_RemovalsForgotten_TellsAConflatedSubscriberThatSomethingIsLost()
    {
        await using var bench = Bench();
        var (follower, channel) = await FollowAsync(bench, "prices:x", Interval);
        channel.LosesDeliveries = true;
        channel.Publish("1", "once");
        channel.Publish("null", "removed");
        channel.RemovalsKnownAfter = 2;
        channel.Retain(3);
        channel.LosesDeliveries = false;
        channel.Publish("1", "after");

        await follower.FinishAsync(bench, channel);

        Assert.Equal(["lost"], follower.State.GapReasons);
        Assert.Equal(1, follower.State.Latest["once"]);
    }

    [Fact]
    public async Task CompactChannel_MoreKeysThanTheBudget_GivesAConflatedSubscriberAllOfThem()
    {
        await using var bench = Bench();
        var (follower, channel) = await FollowAsync(bench, "prices:x", Interval);
        channel.Publish("1", "first");
        await EdgeBench.SettleAsync(follower.Connection);
        for (var i = 0; i < 100; i++)
        {
            channel.Publish(Text, $"k{i}");
        }

        await follower.FinishAsync(bench, channel);

        Assert.Equal(101, follower.State.Latest.Count);
        Assert.Empty(follower.State.GapReasons);
    }

    [Fact]
    public async Task Conflated_NoRoomWhenItsTimeHasCome_IsGivenTheNewestWhenThereIsRoom_ThoughNothingIsPublishedAnyMore()
    {
        await using var bench = Bench();
        var (follower, channel) = await FollowAsync(bench, "chat:x", Interval);
        follower.Transport.Hold();
        for (var i = 0; follower.Connection.Queue.PendingBytes < Budget; i++)
        {
            channel.Publish(Text, $"k{i % 10}");
            await EdgeBench.SettleAsync(follower.Connection);
            bench.Clock.Advance(Interval);
            await EdgeBench.SettleAsync(follower.Connection);
        }

        channel.Publish(Text, "last");
        bench.Clock.Advance(Interval);
        await EdgeBench.SettleAsync(follower.Connection);
        follower.Transport.Release();
        await Until.TrueAsync("the last is here", () =>
        {
            follower.TakeAll();
            return follower.State.Latest.ContainsKey("last");
        });
    }

    [Fact]
    public async Task Conflated_CursorFallsOutOfTheHistory_IsGivenWhatItWasOwedBeforeTheGap()
    {
        await using var bench = Bench();
        var (follower, channel) = await FollowAsync(bench, "chat:x", Interval);
        channel.Publish("1", "first");
        await EdgeBench.SettleAsync(follower.Connection);
        channel.Publish("1", "owed");
        await EdgeBench.SettleAsync(follower.Connection);
        channel.LosesDeliveries = true;
        channel.PublishMany(20);
        channel.Retain(22);
        channel.LosesDeliveries = false;
        channel.Publish("1", "after");
        channel.PublishMany(2);

        await follower.FinishAsync(bench, channel);

        Assert.Equal(new Dictionary<string, long> { ["first"] = 1, ["owed"] = 2, ["after"] = 23 }, follower.State.Latest);
        Assert.Equal(["lost"], follower.State.GapReasons);
    }

    [Theory]
    [InlineData("prices:x")]
    [InlineData("rates:x")]
    [InlineData("latest:x")]
    public async Task WhatIsFollowed_AfterStallsAndLosses_IsWhatTheChannelHas(string name)
    {
        var first = Random.Shared.Next();
        for (var seed = first; seed < first + Seeds; seed++)
        {
            try
            {
                await RunAsync(name, new Random(seed));
            }
            catch (Exception exception)
            {
                throw new Xunit.Sdk.XunitException($"Seed {seed} of {name}: {exception}");
            }
        }
    }

    // Half a second for each of the three; more with ORLEANSREALTIME_FANOUT_SEEDS.
    private static int Seeds =>
        int.TryParse(Environment.GetEnvironmentVariable("ORLEANSREALTIME_FANOUT_SEEDS"), out var seeds) ? seeds : 20;

    private static async Task RunAsync(string name, Random random)
    {
        var isCompact = name != "latest:x";
        await using var bench = new EdgeBench(new EdgeOptions
        {
            QueueBytes = random.Next(2500, 8000),
            ReplayCacheBytes = random.Next(500, 8000),
        });
        var keys = isCompact ? random.Next(1, 60) : 4;
        var channel = bench.System.Channel(ChannelName.Parse(name));
        channel.Compacts = true;
        var followers = new List<Follower>();
        for (var step = 0; step < 300; step++)
        {
            var follower = followers.Count == 0 ? null : followers[random.Next(followers.Count)];
            switch (random.Next(12))
            {
                case 0 when followers.Count < 6:
                    var interval = random.Next(3) == 0 ? (TimeSpan?)null : TimeSpan.FromMilliseconds(random.Next(10, 200));
                    followers.Add((await FollowAsync(bench, name, interval)).Follower);
                    break;
                case 1:
                    follower?.Transport.Hold();
                    break;
                case 2:
                    follower?.Transport.Release();
                    break;
                case 3:
                    bench.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(1, 100)));
                    break;
                case 4 when isCompact:
                    channel.LosesDeliveries = random.Next(2) == 0;
                    break;
                case 5 when isCompact:
                    channel.Retain(Math.Max(1, channel.Position.Sequence - random.Next(0, 30)));
                    break;
                case 6 when follower is not null:
                    await EdgeBench.SettleAsync(follower.Connection);
                    break;
                case 7:
                    bench.Heartbeat.Sweep();
                    break;
                default:
                    for (var i = random.Next(1, 20); i > 0; i--)
                    {
                        channel.Publish(
                            random.Next(8) == 0 ? "null" : $"\"{new string('x', random.Next(300))}\"", $"k{random.Next(keys)}");
                    }

                    break;
            }
        }

        channel.LosesDeliveries = false;
        channel.Publish("1", "end");
        foreach (var follower in followers)
        {
            follower.Transport.Release();
        }

        foreach (var follower in followers)
        {
            await follower.FinishAsync(bench, channel);
        }
    }

    private static async Task<(Follower Follower, ScriptedChannel Channel)> FollowAsync(
        EdgeBench bench, string name, TimeSpan? conflate)
    {
        var channel = bench.System.Channel(ChannelName.Parse(name));
        channel.Compacts = true;
        var (connection, transport) = await bench.LogInAsync();
        var ack = await EdgeBench.SubscribeAsync(connection, transport, ChannelName.Parse(name), conflate: conflate);
        return (new Follower(connection, transport, new FollowedState(ack, conflate is not null)), channel);
    }

    private sealed record Follower(Connection Connection, TestTransport Transport, FollowedState State)
    {
        public void TakeAll()
        {
            foreach (var frame in Transport.Drain())
            {
                State.Take(frame);
            }
        }

        /// <summary>Nothing is published any more: time passes until it has what the channel has.</summary>
        public async Task FinishAsync(EdgeBench bench, ScriptedChannel channel)
        {
            var start = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(start) < Patience)
            {
                await EdgeBench.SettleAsync(Connection);
                TakeAll();
                if (State.Last == channel.Position.Sequence && State.Is(channel))
                {
                    return;
                }

                // No sweep: what is owed must come when there is room for it, or when its time has come.
                bench.Clock.Advance(TimeSpan.FromMilliseconds(100));
            }

            Assert.Fail($"It stands at {State.Last} of {channel.Position.Sequence}, and lacks "
                + string.Join(", ", channel.Latest()
                    .Where(p => State.Latest.GetValueOrDefault(p.Key!) != p.Sequence)
                    .Select(static p => $"{p.Key} ({p.Sequence})")));
        }
    }
}
