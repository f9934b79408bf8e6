using System.Collections.Immutable;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Contract.Runtimes;

/// <summary>What channels do on every runtime: numbering, delivery, resume.</summary>
public abstract partial class ChannelsContract : RuntimeContract
{
    private static readonly Caller Ann = Caller.OfUser(UserId.Parse("ann"));
    private static readonly Caller Server = Caller.Trusted("test");

    [StoreTheory]
    [InlineData("none:a")]
    [InlineData("memory:a")]
    [InlineData("durable:a")]
    public async Task Publish_ReachesEveryAttachedEdge_NumberedFromOne(string channel)
    {
        var (east, west) = (Register(East), Register(West));
        await Attach(channel, East);
        await Attach(channel, West);

        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i, (await Publish(channel, i)).Position.Sequence);
        }

        foreach (var edge in new[] { east, west })
        {
            var publications = await Until("three publications", edge.WhenPublications(3));
            Assert.Equal([1, 2, 3], publications.Select(static one => one.Sequence));
            Assert.Equal([1, 2, 3], publications.Select(static one => Number(one)));
        }
    }

    [StoreFact]
    public async Task Publish_InANamespaceThatIsNotConfigured_IsRefused() =>
        Assert.NotNull((await Publish("nowhere:a", 1)).Refusal);

    [StoreTheory]
    [InlineData("memory:a")]
    [InlineData("durable:a")]
    public async Task Publish_AgainWithTheSameMessageId_IsAnsweredWithTheFirstPosition(string channel)
    {
        var east = Register(East);
        await Attach(channel, East);
        var first = await Publish(channel, 1, "m1");

        var second = await Publish(channel, 1, "m1");
        await Publish(channel, 2, "m2");

        Assert.Equal((first.Position, true), (second.Position, second.IsDuplicate));
        Assert.Equal([1, 2], (await Until("both", east.WhenPublications(2))).Select(static one => Number(one)));
    }

    [StoreFact]
    public async Task Publish_AgainAfterARestart_IsStillKnown()
    {
        var first = await Publish("durable:a", 1, "m1");
        await Runtime.RestartAsync(isOrderly: false);

        var second = await Publish("durable:a", 1, "m1");

        Assert.Equal((first.Position, true), (second.Position, second.IsDuplicate));
    }

    [StoreTheory]
    [InlineData("memory:a")]
    [InlineData("durable:a")]
    public async Task Publish_ByTwentyAtOnce_LeavesNoHole_AndKeepsEachOnesOrder(string channel)
    {
        const int Publishers = 20;
        const int Each = 25;
        var east = Register(East);
        await Attach(channel, East);

        var positions = await Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var i = 0; i < Each; i++)
            {
                mine.Add((await Publish(channel, (publisher * Each) + i)).Position.Sequence);
            }

            return mine;
        })));

        var all = Enumerable.Range(1, Publishers * Each).Select(static i => (long)i);
        Assert.Equal(all, positions.SelectMany(static mine => mine).Order());
        Assert.All(positions, static mine => Assert.Equal(mine.Order(), mine));
        var delivered = await Until("all publications", east.WhenPublications(Publishers * Each));
        Assert.Equal(all, delivered.Select(static one => one.Sequence));
    }

    [StoreFact]
    public async Task Publish_WhileAnAppendIsInFlight_JoinsTheNextBatch()
    {
        var appends = 0;
        await Publish("durable:a", 0);
        var (reached, verdict) = HoldNext(nameof(IChannelLog.AppendAsync));
        var hold = Runtime.OnLogCall;
        Runtime.OnLogCall = method =>
        {
            appends += method == nameof(IChannelLog.AppendAsync) ? 1 : 0;
            return hold(method);
        };

        var first = Publish("durable:a", 1);
        await reached.WaitAsync(Patience);
        var others = Enumerable.Range(2, 20).Select(i => Publish("durable:a", i)).ToList();
        verdict.SetResult(LogFault.None);
        await Task.WhenAll([first, .. others]).WaitAsync(Patience);

        Assert.Equal(2, appends);
        Assert.Equal(Enumerable.Range(2, 21).Select(static i => (long)i), await Sequences([first, .. others]));
    }

    [StoreFact]
    public async Task Publish_ThatIsNotDurableYet_IsNotDelivered()
    {
        var east = Register(East);
        await Attach("durable:a", East);
        var (reached, verdict) = HoldNext(nameof(IChannelLog.AppendAsync));

        var publish = Publish("durable:a", 1);
        await reached.WaitAsync(Patience);
        Assert.Equal(0, (await Channels.Get(Name("durable:a")).DescribeAsync(None)).Position.Sequence);
        Assert.Empty(east.Publications);
        verdict.SetResult(LogFault.None);

        Assert.Null((await publish).Refusal);
        Assert.Single(await Until("the publication", east.WhenPublications(1)));
    }

    [StoreFact]
    public async Task Attach_TellsWhereTheChannelStands_AndItsLatest()
    {
        await PublishMany("memory:a", 5);

        var outcome = await Attach("memory:a", East, recent: 2);

        Assert.Equal(5, outcome.Position.Sequence);
        Assert.False(outcome.Position.Epoch.IsNone);
        Assert.Equal([4, 5], outcome.Recent.Select(static one => Number(one)));
    }

    [StoreFact]
    public async Task Detach_EndsDelivery()
    {
        var (east, west) = (Register(East), Register(West));
        await Attach("memory:a", East);
        await Attach("memory:a", West);
        await Channels.Get(Name("memory:a")).DetachAsync(East, None);

        await Publish("memory:a", 1);

        await Until("the publication in the west", west.WhenPublications(1));
        Assert.Empty(east.Publications);
    }

    [StoreFact]
    public async Task Renew_TellsWhereTheChannelStands_AndStrangersToAttach()
    {
        await Attach("memory:a", East);
        var published = await Publish("memory:a", 1);

        var outcomes = await Channels.RenewAsync(
            [new Renewal(East, Name("memory:a"), default, 0), new Renewal(West, Name("memory:a"), default, 0)], None);

        Assert.Equal(2, outcomes.Length);
        Assert.Equal((true, published.Position), (outcomes[0].IsAttached, outcomes[0].Position));
        Assert.False(outcomes[1].IsAttached);
    }

    [StoreFact]
    public async Task Signal_ReachesAttachedEdges_WithoutANumber()
    {
        var east = Register(East);
        await Attach("memory:a", East);

        var outcome = await Channels.Get(Name("memory:a"))
            .SignalAsync(new SignalRequest(Ann, Payload.Json("true"), "typing", West, new ConnectionId(7)), None);

        Assert.Null(outcome.Refusal);
        var signal = await Until("the signal", east.When<SignalMessage>());
        Assert.Equal((Ann.Sender, "typing", West, new ConnectionId(7)), (signal.From, signal.Key, signal.OriginEdge, signal.Origin));
        Assert.Equal(1, (await Publish("memory:a", 1)).Position.Sequence);
    }

    // Of ten publications in a channel that keeps three: which come, and is something lost?
    [StoreTheory]
    [InlineData(10, new int[0], false)]
    [InlineData(8, new[] { 9, 10 }, false)]
    [InlineData(7, new[] { 8, 9, 10 }, false)]
    [InlineData(6, new[] { 8, 9, 10 }, true)]
    [InlineData(0, new[] { 8, 9, 10 }, true)]
    [InlineData(11, new[] { 8, 9, 10 }, true)]
    public async Task Read_FromAPosition_TellsTheTruth(long sequence, int[] expected, bool isLost)
    {
        var head = (await PublishMany("short:a", 10)).Position;

        var outcome = await Read("short:a", head with { Sequence = sequence });

        Assert.Equal(expected, outcome.Publications.Select(static one => Number(one)));
        Assert.Equal((isLost, head), (outcome.IsLost, outcome.Position));
    }

    [StoreFact]
    public async Task Read_FromAnotherEpoch_IsLost()
    {
        await PublishMany("short:a", 2);

        var outcome = await Read("short:a", new Position(new Epoch("another"), 2));

        Assert.True(outcome.IsLost);
        Assert.Equal([1, 2], outcome.Publications.Select(static one => Number(one)));
    }

    [StoreFact]
    public async Task Read_AfterARestart_GoesOnWithoutASeam()
    {
        var head = (await PublishMany("durable:a", 5)).Position;
        await Runtime.RestartAsync(isOrderly: false);
        await PublishMany("durable:a", 2);

        var outcome = await Read("durable:a", head with { Sequence = 3 });

        Assert.False(outcome.IsLost);
        Assert.Equal([4, 5, 6, 7], outcome.Publications.Select(static one => one.Sequence));
        Assert.Equal(head.Epoch, outcome.Position.Epoch);
    }

    [StoreFact]
    public async Task Read_OfAMemoryChannelAfterARestart_SaysThatAllIsLost()
    {
        var head = (await PublishMany("memory:a", 5)).Position;
        await Runtime.RestartAsync(isOrderly: true);

        var outcome = await Read("memory:a", head with { Sequence = 3 });

        Assert.True(outcome.IsLost);
        Assert.NotEqual(head.Epoch, outcome.Position.Epoch);
    }

    [StoreFact]
    public async Task Snapshot_OfACompactChannel_HoldsTheLatestOfEachKey_AlsoAfterARestart()
    {
        await Publish("compact:a", 1, key: "x");
        await Publish("compact:a", 2, key: "y");
        await Publish("compact:a", 3, key: "x");
        await Channels.Get(Name("compact:a")).PublishAsync(new PublishRequest(Server, Payload.Json("null"), Key: "y"), None);
        await Runtime.RestartAsync(isOrderly: false);

        var snapshot = await Channels.Get(Name("compact:a")).ReadSnapshotAsync(None);

        Assert.Equal(3, Number(Assert.Single(snapshot.Publications)));
        Assert.Equal(4, snapshot.Position.Sequence);
    }

    private static ChannelName Name(string channel) => ChannelName.Parse(channel);

    private static int Number(Publication publication) => int.Parse(
        System.Text.Encoding.UTF8.GetString(publication.Payload.Bytes.Span), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<IEnumerable<long>> Sequences(IEnumerable<Task<PublishOutcome>> publishes) =>
        (await Task.WhenAll(publishes)).Select(static outcome => outcome.Position.Sequence);

    private Task<PublishOutcome> Publish(string channel, int number, string? messageId = null, string? key = null) =>
        Channels.Get(Name(channel)).PublishAsync(
            new PublishRequest(Server, Payload.Json($"{number}"), messageId, key), None).AsTask();

    private async Task<PublishOutcome> PublishMany(string channel, int count)
    {
        PublishOutcome last = null!;
        for (var i = 1; i <= count; i++)
        {
            last = await Publish(channel, i);
        }

        return last;
    }

    private Task<AttachOutcome> Attach(string channel, EdgeId edge, int recent = 0, params ImmutableArray<Member> members) =>
        Channels.Get(Name(channel)).AttachAsync(new AttachRequest(edge, recent, members), None).AsTask();

    private Task<ReadOutcome> Read(string channel, Position? from) =>
        Channels.Get(Name(channel)).ReadAsync(new ReadRequest(Server, from, 100, Reverse: false), None).AsTask();
}
