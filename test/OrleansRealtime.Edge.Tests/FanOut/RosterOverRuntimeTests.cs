using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.FanOut;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.Tests.Connections;
using OrleansRealtime.Edge.Tests.Kestrel;
using OrleansRealtime.Protocol;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>Presence over two edges and a real channel, which loses its host because its policy changes.</summary>
public sealed class RosterOverRuntimeTests : IAsyncDisposable
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");

    private readonly ManualTimeProvider _clock = new();
    private readonly LogGuard _log = new();
    private readonly TestPolicies _policies = new(new ChannelPolicy { Namespace = "chat", Presence = PresencePolicy.Members });
    private readonly ServiceProvider _services;
    private readonly EdgeNode _east;
    private readonly EdgeNode _west;

    public RosterOverRuntimeTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_clock);
        services.AddSingleton<IChannelPolicies>(_policies);
        services.AddLogging(logging => logging.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(_log));
        services.AddMetrics();
        services.AddEmbeddedRealtime(static _ => { });
        _services = services.BuildServiceProvider();
        _east = CreateEdge();
        _west = CreateEdge();
    }

    private IChannel Channel => _services.GetRequiredService<IChannels>().Get(Room);

    public async ValueTask DisposeAsync()
    {
        _east.Dispose();
        _west.Dispose();
        await _services.DisposeAsync();
        _log.Verify();
    }

    [Fact]
    public async Task HostLost_WhileAUserLeaves_TellsOfTheLeaveAndOfNobodyElse()
    {
        var (alice, heard) = await JoinAsync(_east, "alice");
        var (bob, _) = await JoinAsync(_west, "bob");
        var (carol, _) = await JoinAsync(_west, "carol");
        Assert.Equal(
            ["alice", "bob", "carol"],
            new[] { await Joined(heard), await Joined(heard), await Joined(heard) }.Order(StringComparer.Ordinal));
        Sweep();
        await Until.TrueAsync("both edges know who is there", () => Phases(RosterPhase.Settled));

        // Bob is within his flap grace when the host goes, and so is forgotten with it.
        bob.OnEnded(CloseReason.GoingAway);
        await EdgeBench.SettleAsync(bob);
        await Until.TrueAsync("the channel was told", () => _west.Attachments.Find(Room)!.Members.IsTold);
        _policies.Set(new ChannelPolicy
        {
            Namespace = "chat",
            Presence = PresencePolicy.Members,
            Durability = Durability.None,
        });
        await Assert.ThrowsAsync<ActorUnavailableException>(() => PublishAsync().AsTask());
        await Until.TrueAsync("both edges attached again", () =>
            Phases(RosterPhase.Unsettled) && Attachments.All(static attachment => attachment.IsAttached));
        Assert.Null((await PublishAsync()).Refusal);

        _clock.Advance(new EdgeOptions().RenewInterval * 1.5);
        Sweep();

        Assert.Equal("bob", (await NextPresenceAsync<LeaveFrame>(heard)).Member.User.Value);
        await EdgeBench.SettleAsync(alice);
        Assert.DoesNotContain(heard.Drain(), static frame => frame is JoinFrame or LeaveFrame);
        Assert.False(carol.Subscriptions.Find(Room)!.IsEnded);
    }

    private IEnumerable<ChannelAttachment> Attachments =>
        [_east.Attachments.Find(Room)!, _west.Attachments.Find(Room)!];

    private static UserId User(string name) => UserId.Parse(name);

    private static async Task<string> Joined(TestTransport transport) =>
        (await NextPresenceAsync<JoinFrame>(transport)).Member.User.Value;

    /// <summary>The next frame about presence; what the publishing brings is passed over.</summary>
    private static async Task<TFrame> NextPresenceAsync<TFrame>(TestTransport transport)
        where TFrame : ServerFrame
    {
        while (true)
        {
            if (await transport.NextAsync() is var frame and (JoinFrame or LeaveFrame))
            {
                return Assert.IsType<TFrame>(frame);
            }
        }
    }

    private bool Phases(RosterPhase phase) => Attachments.All(attachment => attachment.Roster.Phase == phase);

    private ValueTask<PublishOutcome> PublishAsync() =>
        Channel.PublishAsync(new PublishRequest(Caller.Trusted("test"), Payload.Json("1")), CancellationToken.None);

    private void Sweep()
    {
        _east.Attachments.Sweep();
        _west.Attachments.Sweep();
    }

    private static async Task<(Connection Connection, TestTransport Transport)> JoinAsync(EdgeNode edge, string name)
    {
        var transport = new TestTransport();
        var connection = edge.Open(transport, FreeGuard.Instance);
        await connection.StartAsync(
            new Identity(User(name), false, DateTimeOffset.UnixEpoch, null, Capabilities.None, default), null);
        await transport.NextAsync<AuthAckFrame>();
        await EdgeBench.SubscribeAsync(connection, transport, Room, presence: true);
        return (connection, transport);
    }

    private EdgeNode CreateEdge() => new(new EdgeNodeServices
    {
        Channels = _services.GetRequiredService<IChannels>(),
        Users = _services.GetRequiredService<IUsers>(),
        Policies = _policies,
        Directory = _services.GetRequiredService<IEdgeDirectory>(),
        Tokens = new ScriptedSystem(),
        Options = Options.Create(new EdgeOptions()),
        Limits = Options.Create(new LimitOptions()),
        Drain = Options.Create(new DrainOptions()),
        Authentication = Options.Create(new AuthenticationOptions { ClockSkew = TimeSpan.Zero }),
        Clock = _clock,
        Metrics = new EdgeMetrics(_services.GetRequiredService<IMeterFactory>()),
        Log = _log.CreateLogger("edge"),
        Authorizer = null,
        Calls = null,
    });
}
