using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Runtime.Grains.Tests.Contract;

namespace OrleansRealtime.Runtime.Grains.Tests.Clients;

/// <summary>An Orleans client outside the cluster, with what <c>AddRealtimeClient</c> gives it.</summary>
public sealed class ExternalClientTests
{
    private static readonly Caller Server = Caller.Trusted("game");
    private static readonly UserId Ann = UserId.Parse("ann");
    private static readonly PublishRequest Publish = new(Server, Payload.Json("1"));

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
    public async Task Client_GrantsSeesWhoIsThereKicksAndBans()
    {
        await using var cluster = new ClusterFixture(silos: 1, withClient: true);
        await cluster.StartAsync();
        var channel = cluster.Client.ServiceProvider.GetRequiredService<IChannels>().Get(ChannelName.Parse("memory:a"));
        var user = cluster.Client.ServiceProvider.GetRequiredService<IUsers>().Get(Ann);
        var session = new OpenSessionRequest(new EdgeId("east"), new ConnectionId(1), null, cluster.Time.Now, 0);
        await cluster.Channels.Get(ChannelName.Parse("memory:a")).AttachAsync(
            new AttachRequest(new EdgeId("east"), 0, [new Member(Ann, Payload.Json("{}"))]), CancellationToken.None);
        await cluster.Users.Get(Ann).OpenSessionAsync(session, CancellationToken.None);

        Assert.Equal(
            new GrantOutcome(null, 1),
            await channel.ChangeGrantAsync(new GrantChange(Server, Ann, ChannelRights.Publish, Revoke: false), CancellationToken.None));
        Assert.Equal(Ann, Assert.Single((await channel.PresenceAsync(Server, CancellationToken.None)).Members).User);
        Assert.Equal(1, await user.DisconnectAsync(null, CloseReason.Kicked, CancellationToken.None));
        await user.BanAsync(new Ban(null, "cheats", "game"), CancellationToken.None);

        Assert.Equal(CloseReason.Banned.Code, (await cluster.Users.Get(Ann).OpenSessionAsync(session, CancellationToken.None)).Refusal?.Code);
        Assert.Equal("cheats", (await cluster.Client.GetGrain<IUserGrain>("ann").DescribeAsync(CancellationToken.None)).Ban?.Reason);
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
