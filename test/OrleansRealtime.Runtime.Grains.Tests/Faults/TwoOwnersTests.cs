using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Grains.Actors;
using OrleansRealtime.Runtime.Grains.Tests.Contract;
using OrleansRealtime.Testing;
using Xunit.Abstractions;

namespace OrleansRealtime.Runtime.Grains.Tests.Faults;

/// <summary>
/// A partition of the cluster: one silo is cut off and does not know, so a channel has an activation on either side, and each
/// side has callers.
/// </summary>
public sealed class TwoOwnersTests(ITestOutputHelper output)
{
    private const int PublishersPerSide = 5;
    private static readonly ChannelName Channel = ChannelName.Parse("durable:split");

    [Fact]
    public async Task Owner_ThatWasOvertaken_HasNothingStoredAndNothingAcknowledged()
    {
        await using var cluster = await SplitAsync();
        var (cutOff, others) = (cluster.Silos[0], cluster.Silos[1]);

        var second = await PublishAsync(others, "second");
        Assert.Equal((null, 2L), (second.Refusal, second.Position.Sequence));

        // Both believe that they own the channel now.
        Assert.All([cutOff, others], static silo => Assert.Equal(1, silo.ServiceProvider.GetRequiredService<ActorSweep>().Count));
        var overtaken = await PublishAsync(cutOff, "overtaken");
        Assert.Equal(RealtimeErrorCode.Unavailable, overtaken.Refusal!.Code);
        Assert.Equal(["first", "second"], ((MemoryChannelLog)cluster.Log).History(Channel).Select(static one => one.MessageId!));
    }

    [Fact]
    public async Task Publishers_OnBothSides_GetNumbersThatAreNeverUsedTwice()
    {
        await using var cluster = await SplitAsync();
        await using var here = new PublishLoad(
            Channel, 2 * PublishersPerSide, ChannelsOf(cluster.Silos[0]), ChannelsOf(cluster.Silos[1]));

        await here.WhenMoreAsync(10 * PublishersPerSide);
        var refused = here.Unavailable;

        // Whoever waits on the cut-off side is let go: its silo may not reach the channel at all any more.
        await here.DisposeAsync();
        var last = here.AssertKept((MemoryChannelLog)cluster.Log);
        output.WriteLine($"{last} publications, {refused} times unavailable.");
    }

    /// <summary>A cluster of two silos that no longer know of each other, and a channel that was published to before, in the first.</summary>
    private static async Task<ClusterFixture> SplitAsync()
    {
        var cluster = new ClusterFixture(2);
        await cluster.StartAsync();
        await SiloLossTests.HostInAsync(cluster.Silos[0], Channel);
        Assert.Null((await PublishAsync(cluster.Silos[0], "first")).Refusal);
        cluster.CutOff(cluster.Silos[0]);
        await Until.TrueAsync(
            "the other silo has found it dead",
            () => new(cluster.Silos[1].ServiceProvider.GetRequiredService<ISiloStatusOracle>().IsDeadSilo(cluster.Silos[0].SiloAddress)));
        return cluster;
    }

    private static async Task<PublishOutcome> PublishAsync(InProcessSiloHandle silo, string messageId)
    {
        var request = new PublishRequest(Caller.Trusted(messageId), Payload.Json("1"), messageId);
        var outcome = default(PublishOutcome);
        await Until.TrueAsync($"{messageId} is answered", async () =>
        {
            outcome = await ChannelIn(silo).PublishAsync(request, CancellationToken.None);
            return true;
        });
        return outcome!;
    }

    private static IChannel ChannelIn(InProcessSiloHandle silo) => ChannelsOf(silo).Get(Channel);

    private static IChannels ChannelsOf(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<IChannels>();
}
