using System.Buffers.Text;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.Sockets;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Metrics;

namespace OrleansRealtime.Server.WarmUp;

/// <summary>
/// A second node in this process, of the same parts as the real one, which shares nothing with it: its actors have no store, its key
/// is random, it counts for itself, logs nothing, and listens on a free port of the loopback address until it is disposed.
/// </summary>
internal sealed class RehearsalNode : IAsyncDisposable
{
    /// <summary>Where WebSockets are served.</summary>
    public const string Path = "/v1/ws";

    // So that its actors are swept while the few seconds last.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(100);

    private readonly ServiceProvider _services;
    private readonly DirectListener _listener;
    private readonly JwtIssuer _tokens;
    private readonly Heartbeat _heartbeat;

    private RehearsalNode(ServiceProvider services)
    {
        _services = services;
        _tokens = new JwtIssuer(
            services.GetRequiredService<IOptions<AuthenticationOptions>>().Value, services.GetRequiredService<TimeProvider>());
        _heartbeat = services.GetRequiredService<Heartbeat>();

        // It listens from its creation on, so that counting is rehearsed too.
        services.GetRequiredService<MetricsCollector>();
        var handshake = services.GetRequiredService<DirectHandshake>();
        handshake.Serve(Path);
        _listener = new DirectListener(
            services.GetRequiredService<SocketEngine>(),
            handshake,
            Listen(),
            new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), NullLogger.Instance));
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.EndPoint;

    /// <summary>Puts a node together and starts it.</summary>
    public static async Task<RehearsalNode> StartAsync(RealtimeOptions real, TimeProvider clock, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddSingleton(clock);
        services.AddSingleton<IMeterFactory, RehearsalMeters>();
        services.AddSingleton<IChannelPolicies, RehearsalPolicies>();
        services.AddSingleton<MetricsCollector>();
        services.AddSingleton(Options.Create(Authentication()));
        services.AddSingleton(Options.Create(Limits()));
        services.AddEmbeddedRealtime(static runtime => runtime.SweepInterval = SweepInterval);
        services.AddRealtimeEdge();
        services.AddRealtimeSockets(TrustedProxies.Applier(real.Edge.TrustedProxies));
        var node = new RehearsalNode(services.BuildServiceProvider());
        try
        {
            foreach (var part in node._services.GetServices<IHostedService>())
            {
                await part.StartAsync(cancellationToken);
            }
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }

        return node;
    }

    /// <summary>A token for one of its users.</summary>
    public string Token(string user) => _tokens.Issue(new TokenRequest(UserId.Parse(user), TimeSpan.FromMinutes(5)));

    /// <summary>Looks at all connections, as a node does once a second.</summary>
    public void Beat() => _heartbeat.Sweep();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        foreach (var part in _services.GetServices<IHostedService>().Reverse())
        {
            await part.StopAsync(CancellationToken.None);
        }

        // Connections that are left end with the loops, while the node that counts them is still there.
        _services.GetRequiredService<SocketEngine>().Dispose();
        _heartbeat.Dispose();
        await _services.DisposeAsync();
    }

    private static AuthenticationOptions Authentication()
    {
        var options = new AuthenticationOptions();
        options.Keys.Add(new SigningKeyOptions
        {
            Id = "rehearsal",
            Algorithm = JwtAlgorithms.Hs256,
            Secret = new Secret(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))),
        });
        return options;
    }

    // Out of reach, but counted, as where limits are set.
    private static LimitOptions Limits() => new()
    {
        HandshakesPerSecond = 1_000_000,
        HandshakesPerSecondPerIp = 1_000_000,
        Connections = 1_000_000,
        ConnectionsPerIp = 1_000_000,
        ConnectionsPerUser = 50,
    };

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(backlog: 1000);
        socket.Blocking = false;
        return socket;
    }
}
