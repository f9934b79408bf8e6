using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Subscribers;
using OrleansRealtime.Runtime.Grains.Actors;
using OrleansRealtime.Runtime.Grains.Tests.Contract;

namespace OrleansRealtime.Runtime.Grains.Tests.Applications;

/// <summary>A grain of the application subscribes to a channel.</summary>
public sealed class SubscribingGrainTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly Caller Server = Caller.Trusted("game");

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Grain_ThatSubscribed_HandlesWhatWasAndWhatComes_InOrder(short silos)
    {
        var notes = new ListenerNotes();
        await using var cluster = await StartAsync(silos, notes);
        await PublishAsync(cluster, "durable:a", 1, 300);

        await Listener(cluster, "durable:a").ListenAsync();
        await PublishAsync(cluster, "durable:a", 301, 500);

        await notes.WhenNoted(500).WaitAsync(Patience);
        AssertContiguous(notes, 500);
    }

    [Fact]
    public async Task Grain_ThatSubscribesLive_HandlesWhatComesAfterwards()
    {
        var notes = new ListenerNotes { Start = ChannelStart.Live };
        await using var cluster = await StartAsync(1, notes);
        await PublishAsync(cluster, "none:a", 1, 3);

        await Listener(cluster, "none:a").ListenAsync();
        await PublishAsync(cluster, "none:a", 4, 5);

        await notes.WhenNoted(2).WaitAsync(Patience);
        Assert.Equal([4, 5], notes.Handled.Select(static one => one.Sequence));
    }

    [Fact]
    public async Task Grain_WhoseChannelsSiloDies_HandlesAllThatIsAcknowledged_OnceAndInOrder()
    {
        var notes = new ListenerNotes();
        await using var cluster = await StartAsync(3, notes);
        var middle = cluster.Silos[1];
        await AtAsync(middle, grains => grains.GetGrain<IChannelGrain>("durable:a").DescribeAsync(CancellationToken.None).AsTask());
        Assert.Equal(1, middle.ServiceProvider.GetRequiredService<ActorSweep>().Count);
        var at = await AtAsync(cluster.Silos[2], static grains => grains.GetGrain<IListenerGrain>("durable:a").ListenAsync());
        Assert.Equal(cluster.Silos[2].SiloAddress, at);
        await PublishAsync(cluster, "durable:a", 1, 50);

        await cluster.KillAsync(middle);
        await PublishAsync(cluster, "durable:a", 51, 100);

        await AdvanceUntilAsync(cluster, notes.WhenNoted(100));
        AssertContiguous(notes, 100);
    }

    [Fact]
    public async Task Grain_WhoseOwnSiloDies_GoesOnBehindThePositionThatItKept()
    {
        var notes = new ListenerNotes();
        await using var cluster = await StartAsync(3, notes);
        var middle = cluster.Silos[1];
        await AtAsync(cluster.Silos[2], grains => grains.GetGrain<IChannelGrain>("durable:a").DescribeAsync(CancellationToken.None).AsTask());
        var at = await AtAsync(middle, static grains => grains.GetGrain<IListenerGrain>("durable:a").ListenAsync());
        Assert.Equal(middle.SiloAddress, at);
        await PublishAsync(cluster, "durable:a", 1, 50);
        await notes.WhenNoted(50).WaitAsync(Patience);

        await cluster.KillAsync(middle);
        await PublishAsync(cluster, "durable:a", 51, 100);
        Assert.NotEqual(at, await UntilReachedAsync(() => Listener(cluster, "durable:a").ListenAsync()));

        await AdvanceUntilAsync(cluster, notes.WhenNoted(100));
        AssertContiguous(notes, 100);
    }

    [Fact]
    public async Task Grain_WhoseMemoryChannelIsLost_HearsThatItNumbersAnew()
    {
        var notes = new ListenerNotes();
        await using var cluster = await StartAsync(3, notes);
        var middle = cluster.Silos[1];
        await AtAsync(middle, grains => grains.GetGrain<IChannelGrain>("memory:a").DescribeAsync(CancellationToken.None).AsTask());
        await AtAsync(cluster.Silos[2], static grains => grains.GetGrain<IListenerGrain>("memory:a").ListenAsync());
        await PublishAsync(cluster, "memory:a", 1, 3);
        await notes.WhenNoted(3).WaitAsync(Patience);

        await cluster.KillAsync(middle);
        await PublishAsync(cluster, "memory:a", 1, 2);

        await AdvanceUntilAsync(cluster, notes.WhenNoted(6));
        Assert.True(Assert.Single(notes.Interruptions).IsReset);
        Assert.Equal([1, 2, 3, 1, 2], notes.Handled.Select(static one => one.Sequence));
    }

    [Fact]
    public async Task Grain_ThatThrows_IsGivenTheSameAgain()
    {
        var notes = new ListenerNotes { Failures = 2 };
        await using var cluster = await StartAsync(1, notes);
        await Listener(cluster, "durable:a").ListenAsync();

        await PublishAsync(cluster, "durable:a", 1, 3);

        await notes.WhenNoted(3).WaitAsync(Patience);
        AssertContiguous(notes, 3);
    }

    [Fact]
    public async Task Grain_InAnotherCall_IsNotDisturbed()
    {
        var notes = new ListenerNotes();
        await using var cluster = await StartAsync(1, notes);
        await Listener(cluster, "durable:a").ListenAsync();
        var held = Listener(cluster, "durable:a").HoldAsync();
        await notes.IsHeld.Task.WaitAsync(Patience);

        await PublishAsync(cluster, "durable:a", 1, 3);
        notes.Hold.SetResult();

        await held.WaitAsync(Patience);
        await notes.WhenNoted(3).WaitAsync(Patience);
        AssertContiguous(notes, 3);
        Assert.Empty(notes.Hints);
    }

    [Fact]
    public async Task Grain_HearsSignalsAndWhoComes()
    {
        var notes = new ListenerNotes();
        await using var cluster = await StartAsync(1, notes);
        await Listener(cluster, "memory:a").ListenAsync();
        var channel = cluster.Channels.Get(ChannelName.Parse("memory:a"));

        await channel.SignalAsync(new SignalRequest(Server, Payload.Json("1")), CancellationToken.None);
        await channel.AttachAsync(
            new AttachRequest(new EdgeId("east"), 0, [new Member(UserId.Parse("ann"), Payload.Json("{}"))]), CancellationToken.None);

        await notes.WhenNoted(2).WaitAsync(Patience);
        Assert.Equal(["signal $game", "joined ann"], notes.Hints);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Channel_WhoseLastSubscribingGrainLeft_KnowsOfNoEdge(bool isUnsubscribed)
    {
        await using var cluster = await StartAsync(1, new ListenerNotes());
        var listener = Listener(cluster, "durable:a");
        await listener.ListenAsync();
        Assert.Single((await Describe(cluster, "durable:a")).Edges);

        await (isUnsubscribed ? listener.UnsubscribeAsync() : listener.LeaveAsync());

        await AdvanceUntilAsync(cluster, async () => (await Describe(cluster, "durable:a")).Edges.IsEmpty);
    }

    [Fact]
    public async Task Grain_ThatAChannelIsGiven_IsBroughtUpByAPublication_AndAgainAfterItsSiloDied()
    {
        var notes = new ListenerNotes();
        await using var cluster = await StartAsync(3, notes, static silo => silo.AddChannelSubscriber<IListenerGrain>("durable"));
        await AtAsync(cluster.Silos[2], grains => grains.GetGrain<IChannelGrain>("durable:a").DescribeAsync(CancellationToken.None).AsTask());
        await PublishAsync(cluster, "durable:a", 1, 50);
        await notes.WhenNoted(50).WaitAsync(Patience);
        var of = await Listener(cluster, "durable:a").ListenAsync();

        // Where the listener came up is Orleans' choice; the test keeps the silo from which it publishes.
        if (of.Equals(cluster.Silos[2].SiloAddress))
        {
            await Listener(cluster, "durable:a").LeaveAsync();
            await AdvanceUntilAsync(cluster, async () => (await Describe(cluster, "durable:a")).Edges.IsEmpty);
            of = await AtAsync(cluster.Silos[1], static grains => grains.GetGrain<IListenerGrain>("durable:a").ListenAsync());
        }

        await cluster.KillAsync(cluster.Silos.Single(silo => silo.SiloAddress.Equals(of)));
        await PublishAsync(cluster, "durable:a", 51, 52);

        await AdvanceUntilAsync(cluster, notes.WhenNoted(52));
        AssertContiguous(notes, 52);
    }

    private static ValueTask<ChannelDescription> Describe(ClusterFixture cluster, string channel) =>
        cluster.Channels.Get(ChannelName.Parse(channel)).DescribeAsync(CancellationToken.None);

    private static void AssertContiguous(ListenerNotes notes, int count)
    {
        Assert.Empty(notes.Interruptions);
        Assert.Equal(Enumerable.Range(1, count).Select(static i => (long)i), notes.Handled.Select(static one => one.Sequence));
    }

    private static async Task<ClusterFixture> StartAsync(
        short silos, ListenerNotes notes, Action<ISiloBuilder>? configure = null)
    {
        var cluster = new ClusterFixture(silos, application: silo =>
        {
            silo.Services.AddSingleton(notes);
            configure?.Invoke(silo);
        });
        await cluster.StartAsync();
        return cluster;
    }

    private static IListenerGrain Listener(ClusterFixture cluster, string channel) =>
        cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IListenerGrain>(channel);

    /// <summary>Calls a grain that is brought up in this silo if it is not up.</summary>
    private static async Task<T> AtAsync<T>(InProcessSiloHandle silo, Func<IGrainFactory, Task<T>> call)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo.SiloAddress);
        try
        {
            return await call(silo.ServiceProvider.GetRequiredService<IGrainFactory>());
        }
        finally
        {
            RequestContext.Clear();
        }
    }

    /// <summary>Publishes, each until it is acknowledged; every one has its number as message id.</summary>
    private static async Task PublishAsync(ClusterFixture cluster, string channel, int first, int last)
    {
        var actor = cluster.Channels.Get(ChannelName.Parse(channel));
        for (var i = first; i <= last; i++)
        {
            var request = new PublishRequest(Server, Payload.Json($"{i}"), $"m{i}");
            var outcome = await UntilReachedAsync(() => actor.PublishAsync(request, CancellationToken.None).AsTask());
            Assert.Equal((null, i), (outcome.Refusal, outcome.Position.Sequence));
        }
    }

    private static async Task<T> UntilReachedAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception failure) when (failure is ActorUnavailableException || GrainCalls.IsUnreachable(failure))
            {
                // As after a lost silo: again.
            }
        }
    }

    private static Task AdvanceUntilAsync(ClusterFixture cluster, Task noted) =>
        AdvanceUntilAsync(cluster, () => Task.FromResult(noted.IsCompleted));

    /// <summary>Lets the time of our own code pass until something has come about.</summary>
    private static async Task AdvanceUntilAsync(ClusterFixture cluster, Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await cluster.AdvanceAsync(TimeSpan.FromSeconds(1));
        }
    }
}
