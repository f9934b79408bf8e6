using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Grains.Tests.Contract;

namespace OrleansRealtime.Runtime.Grains.Tests.Clients;

/// <summary>An Orleans client outside the cluster, with what <c>AddRealtimeClient</c> gives it.</summary>
public sealed class ExternalClientTests
{
    private static readonly PublishRequest Publish = new(Caller.Trusted("game"), Payload.Json("1"));

    [Fact]
    public async Task Client_PublishesThroughThePortAndThroughTheGrain()
    {
        await using var cluster = new ClusterFixture(silos: 1, withClient: true);
        await cluster.StartAsync();
        var channels = cluster.Client.ServiceProvider.GetRequiredService<IChannels>();
        var grain = cluster.Client.GetGrain<IChannelGrain>("memory:a");

        Assert.Equal(1, (await channels.Get(ChannelName.Parse("memory:a")).PublishAsync(Publish, CancellationToken.None)).Position.Sequence);
        Assert.Equal(2, (await grain.PublishAsync(Publish, CancellationToken.None)).Position.Sequence);
        Assert.Equal([3, 4], (await grain.PublishManyAsync([Publish, Publish], CancellationToken.None))
            .Select(static outcome => outcome.Position.Sequence));
    }

    [Fact]
    public async Task Grain_WhoseKeyIsNoChannelName_SaysSo()
    {
        await using var cluster = new ClusterFixture(silos: 1, withClient: true);
        await cluster.StartAsync();

        await Assert.ThrowsAsync<FormatException>(
            () => cluster.Client.GetGrain<IChannelGrain>("no name").DescribeAsync(CancellationToken.None).AsTask());
    }
}
