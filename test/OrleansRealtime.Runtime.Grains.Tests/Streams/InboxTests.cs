using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Contract.Runtimes;
using OrleansRealtime.Runtime.Grains.Delivery;
using OrleansRealtime.Runtime.Grains.Subscribers;
using OrleansRealtime.Runtime.Grains.Tests.Applications;
using OrleansRealtime.Runtime.Grains.Tests.Contract;

namespace OrleansRealtime.Runtime.Grains.Tests.Streams;

/// <summary>The way over inbox streams to edges in other silos: while silos come and go, and edges.</summary>
public sealed class InboxTests
{
    private static readonly Caller Server = Caller.Trusted("game");
    private static readonly ChannelName Channel = ChannelName.Parse("durable:a");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BusyChannel_WhileASiloJoinsAndLeaves_IsHeardInFull_OnceAndInOrder(bool usesMemoryStreams)
    {
        var notes = new ListenerNotes();
        await using var cluster = await StartAsync(2, notes, usesMemoryStreams);
        await PlaceAsync(cluster.Silos[0], static grains => grains.GetGrain<IChannelGrain>(Channel.Value).DescribeAsync(CancellationToken.None).AsTask());
        await PlaceAsync(cluster.Silos[1], static grains => grains.GetGrain<IListenerGrain>(Channel.Value).ListenAsync());
        using var stop = new CancellationTokenSource();
        var publisher = PublishUntilAsync(cluster.Silos[0], stop.Token);
        await Until.TrueAsync("publications flow", () => ValueTask.FromResult(notes.Handled.Count >= 50));

        var third = await cluster.AddSiloAsync();
        var before = notes.Handled.Count;
        await AdvanceUntilAsync(cluster, () => notes.Handled.Count >= before + 50, "publications flow with three silos");
        await cluster.StopAsync(third);
        before = notes.Handled.Count;
        await AdvanceUntilAsync(cluster, () => notes.Handled.Count >= before + 50, "publications flow with two silos again");
        await stop.CancelAsync();
        var published = await publisher;

        await AdvanceUntilAsync(cluster, () => notes.Handled.Count >= published, "all is heard");
        Assert.Equal(Enumerable.Range(1, published).Select(static i => (long)i), notes.Handled.Select(static one => one.Sequence));
        Assert.Empty(notes.Interruptions);
    }

    [Fact]
    public async Task LastPublication_ThatTheStreamLost_IsFoundByTheNextRenewal()
    {
        var notes = new ListenerNotes();
        await using var cluster = await StartAsync(2, notes);
        var (sender, receiver) = (cluster.Silos[0].ServiceProvider, cluster.Silos[1].ServiceProvider);
        await PlaceAsync(cluster.Silos[0], static grains => grains.GetGrain<IChannelGrain>(Channel.Value).DescribeAsync(CancellationToken.None).AsTask());

        // The sending silo asked for the edge a moment too early, and does not ask again while time stands still.
        Assert.Null(await sender.GetRequiredService<EdgeFinder>().FindAsync(receiver.GetRequiredService<SubscriberEdge>().Id));
        await PlaceAsync(cluster.Silos[1], static grains => grains.GetGrain<IListenerGrain>(Channel.Value).ListenAsync());
        await PublishAsync(cluster.Silos[0], 1);
        await sender.GetRequiredService<EdgeRouter>().WhenIdle();
        Assert.Empty(notes.Handled);

        await AdvanceUntilAsync(cluster, () => notes.Handled.Count > 0, "the renewal finds it");
        Assert.Equal(1, Assert.Single(notes.Handled).Sequence);
    }

    [Fact]
    public async Task MessagesForAnEdgeThatIsGone_HoldUpNobody_AndGoNowhere()
    {
        await using var cluster = await StartAsync(2, new ListenerNotes(), usesMemoryStreams: true);
        var router = cluster.Silos[0].ServiceProvider.GetRequiredService<EdgeRouter>();
        var inbox = new RecordingInbox();
        using var east = EdgesOf(cluster.Silos[1]).Register(new EdgeId("east"), inbox);

        for (var i = 0; i < 20; i++)
        {
            router.Send(new EdgeId($"gone{i}"), Signal(i));
        }

        router.Send(new EdgeId("east"), Signal(100));

        await inbox.When<SignalMessage>().WaitAsync(Until.Patience);
        await Until.TrueAsync("no inbox is left of edges that are gone", async () => await InboxesAsync(cluster) == 1);
    }

    [Fact]
    public async Task SiloThatSaysThatItHasNotTheEdge_IsNotBelievedToHaveItAnyMore()
    {
        await using var cluster = await StartAsync(3, new ListenerNotes());
        var router = cluster.Silos[0].ServiceProvider.GetRequiredService<EdgeRouter>();
        var (first, second) = (new RecordingInbox(), new RecordingInbox());
        var registration = EdgesOf(cluster.Silos[1]).Register(new EdgeId("east"), first);
        router.Send(new EdgeId("east"), Signal(1));
        await first.When<SignalMessage>().WaitAsync(Until.Patience);

        registration.Dispose();
        using var again = EdgesOf(cluster.Silos[2]).Register(new EdgeId("east"), second);
        router.Send(new EdgeId("east"), Signal(2));

        Assert.Equal(new ConnectionId(2), (await second.When<SignalMessage>().WaitAsync(Until.Patience)).Origin);
        Assert.Single(first.Received);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EdgesThatCameAndWent_LeaveNothingBehind(bool usesMemoryStreams)
    {
        const int edges = 200;
        await using var cluster = await StartAsync(2, new ListenerNotes(), usesMemoryStreams);
        var services = cluster.Silos[0].ServiceProvider;
        var router = services.GetRequiredService<EdgeRouter>();
        for (var i = 0; i < edges; i++)
        {
            var inbox = new RecordingInbox();
            using var registration = EdgesOf(cluster.Silos[1]).Register(new EdgeId($"edge{i}"), inbox);
            router.Send(new EdgeId($"edge{i}"), Signal(i));
            await inbox.When<SignalMessage>().WaitAsync(Until.Patience);
            if (i == edges - 1)
            {
                await Until.TrueAsync("only the last inbox is left", async () => await InboxesAsync(cluster) == 1);
            }
        }

        Assert.Equal(edges, router.Count);
        cluster.Time.Advance(EdgeRouter.RouteLife + TimeSpan.FromSeconds(1));
        router.ForgetUnused();

        Assert.Equal((0, 0), (router.Count, services.GetRequiredService<EdgeFinder>().Count));
        await Until.TrueAsync("the inboxes are gone", async () => await InboxesAsync(cluster) == 0);
        Assert.DoesNotContain(
            await Management(cluster).GetDetailedGrainStatistics(),
            static grain => grain.GrainType.Contains("PubSub", StringComparison.Ordinal));
    }

    private static async Task<ClusterFixture> StartAsync(short silos, ListenerNotes notes, bool usesMemoryStreams = false)
    {
        var cluster = new ClusterFixture(silos, application: silo => silo.Services.AddSingleton(notes)) { UsesMemoryStreams = usesMemoryStreams };
        await cluster.StartAsync();
        return cluster;
    }

    /// <summary>Calls a grain that is brought up in this silo if it is not up.</summary>
    private static async Task PlaceAsync(InProcessSiloHandle silo, Func<IGrainFactory, Task> call)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo.SiloAddress);
        await call(silo.ServiceProvider.GetRequiredService<IGrainFactory>());
        RequestContext.Clear();
    }

    /// <summary>Publishes one after the other until it is stopped; returns how many there are.</summary>
    private static async Task<int> PublishUntilAsync(InProcessSiloHandle silo, CancellationToken stop)
    {
        var count = 0;
        while (!stop.IsCancellationRequested)
        {
            await PublishAsync(silo, ++count);
        }

        return count;
    }

    /// <summary>Publishes until it is acknowledged.</summary>
    private static Task PublishAsync(InProcessSiloHandle silo, int number) => Until.TrueAsync("it is published", async () =>
    {
        var outcome = await silo.ServiceProvider.GetRequiredService<IChannels>().Get(Channel).PublishAsync(
            new PublishRequest(Server, Payload.Json($"{number}"), $"m{number}"), CancellationToken.None);
        return outcome.Refusal is null;
    });

    /// <summary>Lets time pass, and with it renewals, until it is so.</summary>
    private static async Task AdvanceUntilAsync(ClusterFixture cluster, Func<bool> isSo, string why)
    {
        await Until.TrueAsync(why, async () =>
        {
            await cluster.AdvanceAsync(TimeSpan.FromSeconds(1));
            return isSo();
        });
    }

    private static async Task<int> InboxesAsync(ClusterFixture cluster) =>
        (await Management(cluster).GetDetailedGrainStatistics()).Count(static grain => grain.GrainId.Type.ToString() == "realtime.inbox");

    private static IManagementGrain Management(ClusterFixture cluster) =>
        cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);

    private static IEdgeDirectory EdgesOf(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<IEdgeDirectory>();

    private static SignalMessage Signal(int number) =>
        new(ChannelName.Parse("memory:a"), Sender.FromValue("ann"), null, new ConnectionId(number), null, Payload.Json("1"));
}
