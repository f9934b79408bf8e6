using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Protocol;
using OrleansRealtime.Runtime.Grains.Tests.Contract;
using OrleansRealtime.Runtime.Grains.Tests.Edges;

namespace OrleansRealtime.Runtime.Grains.Tests.Faults;

/// <summary>An edge and the channels it is attached to lose each other.</summary>
public sealed class LostClusterTests
{
    private static readonly ChannelName Channel = ChannelName.Parse("durable:room");
    private static readonly PublishRequest Publish = new(Caller.Trusted("server"), Payload.Json("1"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Edge_ThatLosesAllSilos_KeepsItsSockets_AnswersUnavailable_AndHealsByItself(bool isOrderly)
    {
        await using var cluster = new ClusterFixture(2) { Roles = [SiloRole.Edge] };
        await cluster.StartAsync();
        using var edge = new ClusterEdge(cluster, cluster.Silos[0]);
        var subscriber = await edge.SubscribeAsync("ann", Channel);
        var channel = edge.Channels.Get(Channel);
        Assert.Null((await channel.PublishAsync(Publish, CancellationToken.None)).Refusal);

        await (isOrderly ? cluster.StopAsync(cluster.Silos[1]) : cluster.KillAsync(cluster.Silos[1]));
        await Until.TrueAsync("the edge knows", () => new(!edge.IsAttached(Channel)));
        await subscriber.Connection.OnCommandAsync(
            new PublishCommand(new CommandId("lost"), Channel, Payload.Json("2"), "m1", null));
        await Until.TrueAsync("it is answered", () => new(subscriber.Others.OfType<ErrorFrame>().Any()));
        var answer = Assert.Single(subscriber.Others.OfType<ErrorFrame>());
        Assert.Equal((RealtimeErrorCode.Unavailable, true), (answer.Error.Code, answer.Error.IsRetryable));
        Assert.Null(subscriber.Transport.CloseCode);

        await cluster.AddSiloAsync();
        await Until.TrueAsync("the edge is attached again", () =>
        {
            edge.Beat();
            return new(edge.IsAttached(Channel));
        });
        Assert.Equal(2, (await channel.PublishAsync(Publish, CancellationToken.None)).Position.Sequence);
        await Until.TrueAsync("the subscriber has both", () => new(subscriber.Sequences.Count >= 2));
        Assert.Equal([1, 2], subscriber.Sequences);
        Assert.Null(subscriber.Transport.CloseCode);
    }

    [Fact]
    public async Task Edge_ThatItsChannelHasForgotten_IsAttachedAgainByItsRenewal_AndMissesNothing()
    {
        await using var cluster = new ClusterFixture(2) { Roles = [SiloRole.Edge] };
        await cluster.StartAsync();
        using var edge = new ClusterEdge(cluster, cluster.Silos[0]);
        var subscriber = await edge.SubscribeAsync("ann", Channel);
        var channel = edge.Channels.Get(Channel);
        await channel.PublishAsync(Publish, CancellationToken.None);

        // Three renewals are missed, and the channel lets go; the edge believes that it is attached.
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(31));
        Assert.Empty((await channel.DescribeAsync(CancellationToken.None)).Edges);
        Assert.True(edge.IsAttached(Channel));
        await channel.PublishAsync(Publish, CancellationToken.None);
        await channel.PublishAsync(Publish, CancellationToken.None);

        edge.Beat();
        await Until.TrueAsync("the subscriber has all", () => new(subscriber.Sequences.Count >= 3));
        subscriber.AssertHas(3);
        Assert.Equal([edge.Id], (await channel.DescribeAsync(CancellationToken.None)).Edges.AsEnumerable());
    }

    [Fact]
    public async Task FiftyEdges_OnOneChannel_EachGetEverythingInOrder()
    {
        const int edgesPerRound = 50;
        const int publications = 100;
        await using var cluster = new ClusterFixture(3);
        await cluster.StartAsync();
        var edges = Enumerable.Range(0, edgesPerRound).Select(i => new ClusterEdge(cluster, cluster.Silos[i % 3])).ToList();
        var subscribers = await Task.WhenAll(edges.Select((edge, i) => edge.SubscribeAsync($"u{i}", Channel)));

        for (var i = 0; i < publications; i++)
        {
            Assert.Null((await edges[i % edgesPerRound].Channels.Get(Channel).PublishAsync(Publish, CancellationToken.None)).Refusal);
        }

        await Until.TrueAsync("all have all", () => new(subscribers.All(static one => one.Sequences.Count >= publications)));
        Assert.All(subscribers, static subscriber => subscriber.AssertHas(publications));
        edges.ForEach(static edge => edge.Dispose());
    }
}
