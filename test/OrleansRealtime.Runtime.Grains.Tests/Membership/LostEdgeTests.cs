using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Runtime.Contract.Runtimes;
using OrleansRealtime.Runtime.Grains.Tests.Contract;

namespace OrleansRealtime.Runtime.Grains.Tests.Membership;

/// <summary>The silo of an edge dies: what was there through the edge goes with it, at once and together.</summary>
public sealed class LostEdgeTests
{
    private const int MaxConnections = 1;
    private static readonly ChannelName Channel = ChannelName.Parse("memory:room");
    private static readonly EdgeId East = new("east");
    private static readonly EdgeId West = new("west");
    private static readonly UserId Ann = UserId.Parse("ann");

    [Fact]
    public async Task Members_OfAnEdgeWhoseSiloDied_LeaveInOneWave_WithoutAMissedRenewal()
    {
        await using var cluster = new ClusterFixture(3) { Roles = [SiloRole.Edge, SiloRole.Silo, SiloRole.Edge] };
        await cluster.StartAsync();
        var inbox = new RecordingInbox();
        using var east = EdgesOf(cluster.Silos[0]).Register(East, new RecordingInbox());
        using var west = EdgesOf(cluster.Silos[2]).Register(West, inbox);
        var channel = ChannelsOf(cluster.Silos[2]).Get(Channel);
        await AttachAsync(cluster.Silos[0], East, "ann", "bob", "carol");
        await AttachAsync(cluster.Silos[2], West, "carol", "dan");

        await cluster.KillAsync(cluster.Silos[0]);
        await Until.TrueAsync(
            "the edge is dropped", async () => (await channel.DescribeAsync(CancellationToken.None)).Edges.SequenceEqual([West]));
        Assert.Equal(4, (await channel.DescribeAsync(CancellationToken.None)).Members);
        await cluster.AdvanceAsync(ChannelPolicy.FlapGrace);

        var wave = await inbox.When<PresenceMessage>(static message => message.Left.Length > 0).WaitAsync(Until.Patience);
        Assert.Equal(["ann", "bob"], wave.Left.Select(static member => member.User.Value).Order());
        Assert.Equal(2, (await channel.DescribeAsync(CancellationToken.None)).Members);
    }

    [Fact]
    public async Task Sessions_OfAnEdgeWhoseSiloDied_WaitForTheirClients_AndNoLongerCountAsConnections()
    {
        await using var cluster = new ClusterFixture(3) { Roles = [SiloRole.Edge, SiloRole.Silo, SiloRole.Edge] };
        await cluster.StartAsync();
        using var east = EdgesOf(cluster.Silos[0]).Register(East, new RecordingInbox());
        using var west = EdgesOf(cluster.Silos[2]).Register(West, new RecordingInbox());
        var opened = await UsersOf(cluster.Silos[0]).Get(Ann).OpenSessionAsync(Open(East, null), CancellationToken.None);
        var user = UsersOf(cluster.Silos[2]).Get(Ann);
        Assert.NotNull((await user.OpenSessionAsync(Open(West, null), CancellationToken.None)).Refusal);

        await cluster.KillAsync(cluster.Silos[0]);
        await Until.TrueAsync(
            "the connection is lost",
            async () => (await user.DescribeAsync(CancellationToken.None)).Sessions.Single().Connection is null);

        var resumed = await user.OpenSessionAsync(Open(West, opened.Session), CancellationToken.None);
        Assert.Equal(new OpenSessionOutcome(null, opened.Session, true), resumed);
    }

    private static OpenSessionRequest Open(EdgeId edge, SessionId? resume) =>
        new(edge, new ConnectionId(1), resume, DateTimeOffset.UnixEpoch, MaxConnections);

    private static ValueTask<AttachOutcome> AttachAsync(InProcessSiloHandle silo, EdgeId edge, params string[] users) =>
        ChannelsOf(silo).Get(Channel).AttachAsync(
            new AttachRequest(edge, 0, [.. users.Select(static user => new Member(UserId.Parse(user), default))]), CancellationToken.None);

    private static IEdgeDirectory EdgesOf(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<IEdgeDirectory>();

    private static IChannels ChannelsOf(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<IChannels>();

    private static IUsers UsersOf(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<IUsers>();
}
