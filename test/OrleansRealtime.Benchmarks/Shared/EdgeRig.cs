using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.FanOut;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.WebSockets;
using OrleansRealtime.Protocol;
using OrleansRealtime.Runtime.Embedded;

namespace OrleansRealtime.Benchmarks.Shared;

/// <summary>
/// An edge over the embedded runtime whose one shard takes its turns on the calling thread: what a publish costs is over when it
/// returns, and no hand-off to another thread is in it.
/// </summary>
internal sealed class EdgeRig : ITokenValidator, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services;
    private readonly Shard _shard;
    private readonly PublishRequest _request;

    public EdgeRig(ChannelPolicy policy, int payloadBytes = 128, int queueBytes = 256 * 1024)
    {
        var policies = new OpenPolicies(policy);
        var services = new ServiceCollection();
        services.AddSingleton<IChannelPolicies>(policies);
        services.AddLogging();
        services.AddEmbeddedRealtime();
        _services = services.BuildServiceProvider();
        Node = new EdgeNode(new EdgeNodeServices
        {
            Channels = _services.GetRequiredService<IChannels>(),
            Users = _services.GetRequiredService<IUsers>(),
            Policies = policies,
            Directory = _services.GetRequiredService<IEdgeDirectory>(),
            Tokens = this,
            Options = Options.Create(new EdgeOptions { QueueBytes = queueBytes }),
            Limits = Options.Create(new LimitOptions()),
            Drain = Options.Create(new DrainOptions()),
            Authentication = Options.Create(new AuthenticationOptions()),
            Clock = TimeProvider.System,
            Metrics = new EdgeMetrics(_services.GetRequiredService<IMeterFactory>()),
            Log = NullLogger.Instance,
        });
        _shard = new Shard(
            0, new DeliveryLatency(Node.Metrics, Node.Clock), static fault => throw fault, static turn => turn.Execute());
        Channel = Node.Channels.Get(Samples.Channel);
        _request = new PublishRequest(Caller.Trusted("bench"), Payload.Json(Samples.Text(payloadBytes)), Key: policy.Compact ? "k" : null);
    }

    /// <summary>JSON over WebSockets.</summary>
    public static FrameFormat Format { get; } = new WebSocketFormat(FrameFormat.WebSocketJsonSlot, FrameCodecs.Default);

    public EdgeNode Node { get; }

    public IChannel Channel { get; }

    public List<FixedTransport> Transports { get; } = [];

    /// <summary>Adds subscribers, and returns when all of them are live.</summary>
    public void Subscribe(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var transport = new FixedTransport(Format);
            Transports.Add(transport);
            var connection = Open(transport, $"user-{i}");

            // One after the other: what is answered in one turn is written at once, and could not be counted.
            Samples.Demand(SpinWait.SpinUntil(() => transport.Writes == 1, Patience), "every subscriber is admitted");
            connection.OnCommandAsync(new SubscribeCommand(default, Samples.Channel, null, 0, false, null)).AsTask().Wait(Patience);
        }

        Samples.Demand(
            SpinWait.SpinUntil(() => Transports.TrueForAll(static transport => transport.Writes == 2), Patience),
            "every subscriber is answered");
        var before = Transports.Sum(static transport => transport.Writes);
        Publish();
        Samples.Demand(Transports.Sum(static transport => transport.Writes) == before + count, "every subscriber is written to");
    }

    /// <summary>A connection whose user is known.</summary>
    public Connection Open(ITransport transport, string user)
    {
        var connection = Node.Open(transport, FreeGuard.Instance, _shard);
        var identity = new Identity(UserId.Parse(user), false, DateTimeOffset.UnixEpoch, null, Capabilities.None, default);
        Samples.Demand(connection.StartAsync(identity, null).AsTask().Wait(Patience), "the connection opens");
        return connection;
    }

    /// <summary>Publishes once; every subscriber has it, or does not want it yet, when this returns.</summary>
    public long Publish()
    {
        var publish = Channel.PublishAsync(_request, CancellationToken.None);
        Samples.Demand(publish.IsCompletedSuccessfully, "a publish waits for nothing");
        return publish.Result.Position.Sequence;
    }

    public ValueTask<TokenOutcome> ValidateAsync(string token, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public void Dispose()
    {
        Node.Dispose();
        _services.GetRequiredService<EmbeddedRuntime>().StopAsync(CancellationToken.None).Wait(Patience);
        _services.Dispose();
    }
}
