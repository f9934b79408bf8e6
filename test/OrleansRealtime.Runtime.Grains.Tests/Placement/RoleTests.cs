using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Grains.Actors;
using OrleansRealtime.Runtime.Grains.Tests.Contract;

namespace OrleansRealtime.Runtime.Grains.Tests.Placement;

/// <summary>What the roles of silos decide.</summary>
public sealed class RoleTests
{
    private const int Actors = 60;
    private static readonly PublishRequest Publish = new(Caller.Trusted("test"), Payload.Json("1"));

    [Fact]
    public async Task Actors_CalledInAnEdge_LiveInTheOtherSilosOnly()
    {
        await using var cluster = new ClusterFixture(4) { Roles = [SiloRole.Edge, SiloRole.Silo, SiloRole.Both, SiloRole.Edge] };
        await cluster.StartAsync();
        var edge = cluster.Silos[0].ServiceProvider;

        for (var i = 0; i < Actors; i++)
        {
            var outcome = await edge.GetRequiredService<IChannels>().Get(ChannelName.Parse($"memory:{i}"))
                .PublishAsync(Publish, CancellationToken.None);
            Assert.Null(outcome.Refusal);
            await edge.GetRequiredService<IUsers>().Get(UserId.Parse($"u{i}")).DescribeAsync(CancellationToken.None);
        }

        Assert.Equal([0, 0], new[] { ActorsIn(cluster.Silos[0]), ActorsIn(cluster.Silos[3]) });
        Assert.Equal(2 * Actors, ActorsIn(cluster.Silos[1]) + ActorsIn(cluster.Silos[2]));
    }

    [Theory]
    [InlineData(SiloRole.Silo, true)]
    [InlineData(SiloRole.Both, true)]
    [InlineData(SiloRole.Edge, false)]
    public async Task Actor_ForWhichASiloIsSuggested_LivesThereIfItsRoleLetsIt(SiloRole role, bool livesThere)
    {
        await using var cluster = new ClusterFixture(2) { Roles = [SiloRole.Silo, role] };
        await cluster.StartAsync();
        var suggested = cluster.Silos[1];

        RequestContext.Set(IPlacementDirector.PlacementHintKey, suggested.SiloAddress);
        await cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>()
            .GetGrain<IChannelGrain>("memory:a").DescribeAsync(CancellationToken.None);
        RequestContext.Clear();

        Assert.Equal(livesThere ? 1 : 0, ActorsIn(suggested));
        Assert.Equal(livesThere ? 0 : 1, ActorsIn(cluster.Silos[0]));
    }

    [Fact]
    public async Task Calls_WhileNoSiloHostsActors_AreUnavailable_UntilOneComes()
    {
        await using var cluster = new ClusterFixture(1) { Roles = [SiloRole.Edge] };
        await cluster.StartAsync();
        var services = cluster.Silos[0].ServiceProvider;
        var channel = services.GetRequiredService<IChannels>().Get(ChannelName.Parse("memory:a"));
        var user = services.GetRequiredService<IUsers>().Get(UserId.Parse("ann"));

        await Assert.ThrowsAsync<ActorUnavailableException>(() => channel.PublishAsync(Publish, CancellationToken.None).AsTask());
        await Assert.ThrowsAsync<ActorUnavailableException>(() => user.DescribeAsync(CancellationToken.None).AsTask());

        await cluster.AddSiloAsync();
        await Until.TrueAsync(
            "the channel answers", async () => (await channel.PublishAsync(Publish, CancellationToken.None)).Refusal is null);
        Assert.Equal(0, ActorsIn(cluster.Silos[0]));
    }

    private static int ActorsIn(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<ActorSweep>().Count;
}
