using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.TestingHost;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.Tests.Connections;
using OrleansRealtime.Edge.Tests.FanOut;
using OrleansRealtime.Protocol;
using OrleansRealtime.Runtime.Grains.Tests.Contract;

namespace OrleansRealtime.Runtime.Grains.Tests.Edges;

/// <summary>A real edge in a silo, with carriers that the test reads; it sweeps when the test says so.</summary>
internal sealed class ClusterEdge : IDisposable
{
    private readonly EdgeNode _node;
    private readonly Heartbeat _heartbeat;

    public ClusterEdge(ClusterFixture cluster, InProcessSiloHandle silo)
    {
        var services = silo.ServiceProvider;
        Channels = services.GetRequiredService<IChannels>();
        _node = new EdgeNode(new EdgeNodeServices
        {
            Channels = Channels,
            Users = services.GetRequiredService<IUsers>(),
            Policies = services.GetRequiredService<IChannelPolicies>(),
            Directory = services.GetRequiredService<IEdgeDirectory>(),
            Tokens = new NoTokens(),
            Options = Options.Create(new EdgeOptions()),
            Limits = Options.Create(new LimitOptions()),
            Drain = Options.Create(new DrainOptions()),
            Authentication = Options.Create(new AuthenticationOptions()),
            Clock = cluster.Time,
            Metrics = new EdgeMetrics(services.GetRequiredService<IMeterFactory>()),
            Log = cluster.LogOf("edge"),
        });
        _heartbeat = new Heartbeat(_node);
    }

    public EdgeId Id => _node.Id;

    /// <summary>All channels, as this edge calls them.</summary>
    public IChannels Channels { get; }

    /// <summary>What the edge does once a second.</summary>
    public void Beat() => _heartbeat.Sweep();

    /// <summary>Whether the edge is attached to a channel, as far as it knows.</summary>
    public bool IsAttached(ChannelName channel) => _node.Attachments.Find(channel) is { IsAttached: true };

    /// <summary>A connection of <paramref name="user"/> that is subscribed to <paramref name="channel"/>.</summary>
    public async Task<ClusterSubscriber> SubscribeAsync(string user, ChannelName channel)
    {
        var transport = new TestTransport();
        var connection = _node.Open(transport, FreeGuard.Instance);
        await connection.StartAsync(
            new Identity(UserId.Parse(user), false, DateTimeOffset.UnixEpoch, null, Capabilities.None, default), null);
        await transport.NextAsync<AuthAckFrame>();
        await connection.OnCommandAsync(new SubscribeCommand(new CommandId("s"), channel, null, 0, false, null));
        await transport.NextAsync<AckFrame>();
        return new ClusterSubscriber(connection, transport);
    }

    public void Dispose() => _node.Dispose();

    /// <summary>Connections bring their identity.</summary>
    private sealed class NoTokens : ITokenValidator
    {
        public ValueTask<TokenOutcome> ValidateAsync(string token, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
