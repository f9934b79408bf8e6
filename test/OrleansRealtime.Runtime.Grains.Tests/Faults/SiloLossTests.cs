using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;
using OrleansRealtime.Runtime.Grains.Actors;
using OrleansRealtime.Runtime.Grains.Tests.Contract;
using OrleansRealtime.Runtime.Grains.Tests.Edges;
using OrleansRealtime.Testing;
using Xunit.Abstractions;

namespace OrleansRealtime.Runtime.Grains.Tests.Faults;

/// <summary>
/// The silo that hosts a busy channel goes while 20 publishers and 200 subscribers run behind two edges. Our own time stands still
/// meanwhile, so nothing here waits for a renewal.
/// </summary>
public sealed class SiloLossTests(ITestOutputHelper output)
{
    private const int Publishers = 20;
    private const int SubscribersPerEdge = 100;
    private const int Enough = 100;
    private static readonly ChannelName Channel = ChannelName.Parse("durable:busy");

    [Fact]
    public Task Channel_WhoseSiloCrashes_LosesNothingAcknowledged_AndIsLiveAgainForAll() =>
        LoseAsync((cluster, silo) =>
        {
            // Cut off from one moment to the next, and never heard of again: neighbours find it dead by their probes.
            cluster.CutOff(silo);
            return Task.CompletedTask;
        });

    [Fact]
    public Task Channel_WhoseSiloShutsDown_LosesNothingAcknowledged_AndIsLiveAgainForAll() =>
        LoseAsync(static (cluster, silo) => cluster.StopAsync(silo));

    private async Task LoseAsync(Func<ClusterFixture, InProcessSiloHandle, Task> lose)
    {
        await using var cluster = new ClusterFixture(4) { Roles = [SiloRole.Edge, SiloRole.Edge, SiloRole.Silo, SiloRole.Silo] };
        await cluster.StartAsync();
        var host = cluster.Silos[2];
        await HostInAsync(host, Channel);
        using var east = new ClusterEdge(cluster, cluster.Silos[0]);
        using var west = new ClusterEdge(cluster, cluster.Silos[1]);
        var subscribers = new List<ClusterSubscriber>();
        for (var i = 0; i < SubscribersPerEdge; i++)
        {
            subscribers.Add(await east.SubscribeAsync($"e{i}", Channel));
            subscribers.Add(await west.SubscribeAsync($"w{i}", Channel));
        }

        await using var load = new PublishLoad(Channel, Publishers, east.Channels, west.Channels);
        await load.WhenMoreAsync(Enough);

        var losing = lose(cluster, host);
        await Until.TrueAsync("the silo is gone", () => BeatAsync([east, west], losing.IsCompleted));
        await losing;
        var start = TimeProvider.System.GetTimestamp();
        await LiveAgainAsync(load, [east, west], subscribers);
        var took = TimeProvider.System.GetElapsedTime(start);
        await load.WhenMoreAsync(Enough);
        await load.StopAsync();

        var last = load.AssertKept((MemoryChannelLog)cluster.Log);
        await Until.TrueAsync("all subscribers have all", () => HaveAsync(subscribers, last, [east, west]));
        Assert.All(subscribers, subscriber => subscriber.AssertHas(last));
        output.WriteLine($"{last} publications; all live again after {took.TotalSeconds:0.0} s; {load.Unavailable} times unavailable.");
    }

    /// <summary>Completes when every subscriber was sent what was published after the loss.</summary>
    private static async Task LiveAgainAsync(PublishLoad load, IReadOnlyList<ClusterEdge> edges, IReadOnlyList<ClusterSubscriber> subscribers)
    {
        // More than publishers can have had under way when the silo went.
        var goal = load.Count + (2 * Publishers);
        await Until.TrueAsync("publishers are acknowledged again", () => BeatAsync(edges, load.Count > goal));
        await Until.TrueAsync("all subscribers are live again", () => HaveAsync(subscribers, goal, edges));
    }

    private static ValueTask<bool> HaveAsync(IReadOnlyList<ClusterSubscriber> subscribers, long last, IReadOnlyList<ClusterEdge> edges) =>
        BeatAsync(edges, subscribers.All(subscriber => subscriber.Sequences is [.., var newest] && newest >= last));

    private static ValueTask<bool> BeatAsync(IReadOnlyList<ClusterEdge> edges, bool isThere)
    {
        foreach (var edge in edges)
        {
            edge.Beat();
        }

        return new(isThere);
    }

    /// <summary>Makes a channel live in this silo.</summary>
    internal static async Task HostInAsync(InProcessSiloHandle silo, ChannelName channel)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo.SiloAddress);
        await silo.ServiceProvider.GetRequiredService<IGrainFactory>()
            .GetGrain<IChannelGrain>(channel.Value).DescribeAsync(CancellationToken.None);
        RequestContext.Clear();
        Assert.Equal(1, silo.ServiceProvider.GetRequiredService<ActorSweep>().Count);
    }
}
