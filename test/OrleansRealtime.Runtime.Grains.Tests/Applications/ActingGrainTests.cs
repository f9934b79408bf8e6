using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Runtime.Grains.Tests.Contract;

namespace OrleansRealtime.Runtime.Grains.Tests.Applications;

/// <summary>A grain of the application publishes, asks who is there, and ends connections.</summary>
public sealed class ActingGrainTests
{
    private static readonly UserId Ann = UserId.Parse("ann");

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Grain_ThatPublishesAgainWithTheSameId_IsToldTheFirstPosition(short silos)
    {
        await using var cluster = await StartAsync(silos);
        var listener = Listener(cluster, "durable:a");

        Assert.Equal("1 False", await listener.PublishAsync("m1"));
        Assert.Equal("1 True", await listener.PublishAsync("m1"));
        Assert.Equal("2 False", await listener.PublishAsync("m2"));

        var read = await cluster.Log.ReadAsync(
            ChannelName.Parse("durable:a"), (await DescribeAsync(cluster)).Position.Epoch, 0, 2, 10, 1000, CancellationToken.None);
        Assert.All(read, static one => Assert.Equal(Sender.OfServer("listener"), one.From));
    }

    [Fact]
    public async Task Grain_SeesWhoIsPresent()
    {
        await using var cluster = await StartAsync(3);
        await cluster.Channels.Get(ChannelName.Parse("memory:a")).AttachAsync(
            new AttachRequest(new EdgeId("east"), 0, [new Member(Ann, Payload.Json("{}"))]), CancellationToken.None);

        Assert.Equal(["ann"], await Listener(cluster, "memory:a").MembersAsync());
    }

    [Fact]
    public async Task Grain_EndsAUsersConnections()
    {
        await using var cluster = await StartAsync(3);
        await cluster.Users.Get(Ann).OpenSessionAsync(
            new OpenSessionRequest(new EdgeId("east"), new ConnectionId(1), null, cluster.Time.Now, 0), CancellationToken.None);

        Assert.Equal(1, await Listener(cluster, "memory:a").KickAsync("ann"));
    }

    private static async Task<ClusterFixture> StartAsync(short silos)
    {
        var cluster = new ClusterFixture(silos, application: static silo => silo.Services.AddSingleton(new ListenerNotes()));
        await cluster.StartAsync();
        return cluster;
    }

    private static IListenerGrain Listener(ClusterFixture cluster, string channel) =>
        cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IListenerGrain>(channel);

    private static ValueTask<ChannelDescription> DescribeAsync(ClusterFixture cluster) =>
        cluster.Channels.Get(ChannelName.Parse("durable:a")).DescribeAsync(CancellationToken.None);
}
