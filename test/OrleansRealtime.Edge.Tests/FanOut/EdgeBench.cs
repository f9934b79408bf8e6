using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.Tests.Connections;
using OrleansRealtime.Edge.Tests.Kestrel;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>An edge over scripted channels and carriers, in a time that the test moves.</summary>
internal sealed class EdgeBench : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    public EdgeBench(
        EdgeOptions? options = null, LimitOptions? limits = null, IChannelAuthorizer? authorizer = null,
        ICallHandler? calls = null, AuthenticationOptions? authentication = null)
    {
        // However few cores there are, so that shards meet.
        options ??= new EdgeOptions();
        options.EventLoops ??= 2;
        _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Node = new EdgeNode(new EdgeNodeServices
        {
            Channels = System,
            Users = System,
            Policies = Policies,
            Directory = System,
            Tokens = System,
            Options = Options.Create(options),
            Limits = Options.Create(limits ?? new LimitOptions()),
            Drain = Options.Create(new DrainOptions()),
            Authentication = Options.Create(authentication ?? new AuthenticationOptions { ClockSkew = TimeSpan.Zero }),
            Clock = Clock,
            Metrics = new EdgeMetrics(_provider.GetRequiredService<IMeterFactory>()),
            Log = Log.CreateLogger("edge"),
            Authorizer = authorizer,
            Calls = calls,
        });
        Heartbeat = new Heartbeat(Node);
    }

    public static ChannelName Room { get; } = ChannelName.Parse("chat:room");

    public ManualTimeProvider Clock { get; } = new();

    public LogGuard Log { get; } = new();

    public ScriptedSystem System { get; } = new();

    public TestPolicies Policies { get; } = new(
        new ChannelPolicy { Namespace = "chat", Presence = PresencePolicy.Members },
        new ChannelPolicy { Namespace = "none", Durability = Durability.None },
        new ChannelPolicy { Namespace = "prices", Compact = true },
        new ChannelPolicy { Namespace = "rates", Compact = true, SlowReader = SlowReaderPolicy.Latest },
        new ChannelPolicy { Namespace = "latest", SlowReader = SlowReaderPolicy.Latest },
        new ChannelPolicy { Namespace = "drop", SlowReader = SlowReaderPolicy.Drop },
        new ChannelPolicy { Namespace = "close", SlowReader = SlowReaderPolicy.Close },
        new ChannelPolicy { Namespace = "secret", Access = ChannelAccess.Private });

    public IMeterFactory Meters => _provider.GetRequiredService<IMeterFactory>();

    public EdgeNode Node { get; }

    public Heartbeat Heartbeat { get; }

    public ScriptedChannel RoomChannel => System.Channel(Room);

    public static Identity Alice(DateTimeOffset? expires = null, Capabilities? capabilities = null) =>
        new(UserId.Parse("alice"), false, DateTimeOffset.UnixEpoch, expires, capabilities ?? Capabilities.None, default);

    /// <summary>A connection that has begun; with an identity it is open and its <c>auth_ack</c> is read.</summary>
    public async Task<(Connection Connection, TestTransport Transport)> ConnectAsync(
        Identity? identity = null, TestTransport? transport = null, IConnectionGuard? guard = null)
    {
        transport ??= new TestTransport();
        var connection = Node.Open(transport, guard ?? FreeGuard.Instance);
        await connection.StartAsync(identity, null);
        if (identity is not null)
        {
            await transport.NextAsync<AuthAckFrame>();

            // It is read before the shard knows that its write is over, and what is sent until then follows later.
            await SettleAsync(connection);
        }

        return (connection, transport);
    }

    /// <summary>A connection of alice.</summary>
    public Task<(Connection Connection, TestTransport Transport)> LogInAsync(TestTransport? transport = null) =>
        ConnectAsync(Alice(), transport);

    /// <summary>Subscribes, and returns the answer.</summary>
    public static async Task<SubscribedAck> SubscribeAsync(
        Connection connection, TestTransport transport, ChannelName channel, Position? from = null, int last = 0,
        bool presence = false, TimeSpan? conflate = null)
    {
        await connection.OnCommandAsync(
            new SubscribeCommand(new CommandId("s"), channel, from, last, presence, conflate));
        return Assert.IsType<SubscribedAck>((await transport.NextAsync<AckFrame>()).Payload);
    }

    /// <summary>
    /// Completes when the connection's edge is at rest: no turn, no command and no background work runs. What a test holds back on
    /// purpose never rests; then nothing has moved for as long as a thousand other pieces of work took.
    /// </summary>
    public static async Task SettleAsync(Connection connection)
    {
        const int looksAtRest = 3;
        const int looksWithoutMove = 1000;
        var before = (0, 0, 0L);
        for (int rested = 0, unmoved = 0; rested < looksAtRest && unmoved < looksWithoutMove;)
        {
            await Task.Yield();
            var node = connection.Node;
            var commands = node.Connections.All.Sum(static one => one.Commands.Count);
            var now = (commands, node.BackgroundCount, connection.Queue.PendingBytes);
            var isIdle = node.Shards.All(static shard => shard.IsIdle) && node.Connections.All.All(static one => !one.IsAnswerDue);
            rested = isIdle && now is (0, 0, _) ? rested + 1 : 0;
            unmoved = isIdle && now == before ? unmoved + 1 : 0;
            before = now;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Node.Dispose();
        await _provider.DisposeAsync();
        Log.Verify();
    }
}
