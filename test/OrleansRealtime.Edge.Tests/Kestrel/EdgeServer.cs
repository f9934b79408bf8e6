using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Sockets;
using OrleansRealtime.Edge.Tests.Authentication;
using OrleansRealtime.Protocol;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.Kestrel;

/// <summary>An edge over the embedded runtime on a real Kestrel, on a port of its own.</summary>
internal sealed class EdgeServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private EdgeServer(WebApplication application, TestPolicies policies, LogGuard log)
    {
        _application = application;
        Policies = policies;
        Log = log;
    }

    public static ChannelName Room { get; } = ChannelName.Parse("chat:room");

    public TestPolicies Policies { get; }

    public LogGuard Log { get; }

    public Uri Address => new(_application.Urls.First());

    public EdgeNode Node => _application.Services.GetRequiredService<EdgeNode>();

    public IServiceProvider Services => _application.Services;

    public static async Task<EdgeServer> StartAsync(
        Action<IServiceCollection>? configure = null, HttpProtocols protocols = HttpProtocols.Http1AndHttp2,
        Carrier carrier = Carrier.Sockets)
    {
        var policies = new TestPolicies(
            new ChannelPolicy { Namespace = "chat", Presence = PresencePolicy.Members },
            new ChannelPolicy { Namespace = "plain", Durability = Durability.None },
            new ChannelPolicy { Namespace = "prices", Compact = true },
            new ChannelPolicy { Namespace = "secret", Access = ChannelAccess.Private });
        var log = new LogGuard();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        builder.Services.AddSingleton<IChannelPolicies>(policies);
        builder.Services.AddEmbeddedRealtime();
        builder.Services.AddRealtimeEdge();

        // However few cores there are, so that shards meet.
        builder.Services.Configure<EdgeOptions>(static options => options.EventLoops = 2);
        if (carrier == Carrier.Sockets)
        {
            builder.Services.AddRealtimeSockets();
        }

        builder.Services.Configure<AuthenticationOptions>(static options => options.Keys.Add(TestTokens.Options().Keys[0]));
        builder.Services.Configure<DrainOptions>(static options => options.Window = TimeSpan.Zero);
        configure?.Invoke(builder.Services);
        var application = builder.Build();
        application.MapRealtime();
        await application.StartAsync();
        return new EdgeServer(application, policies, log);
    }

    public static string Token(string user, DateTimeOffset? expires = null, string more = "") =>
        TestTokens.Hs256(
            $$"""{"sub":"{{user}}","iat":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}},"exp":{{(expires ?? DateTimeOffset.UtcNow.AddHours(1)).ToUnixTimeSeconds()}}{{more}}}""");

    /// <summary>A connection that has not authenticated.</summary>
    public Task<TestConnection> ConnectAsync(TestConnectionOptions? options = null) =>
        TestConnection.ConnectAsync(Address, options);

    /// <summary>A connection of <paramref name="user"/>, authenticated by its first message.</summary>
    public async Task<TestConnection> LogInAsync(string user, TestConnectionOptions? options = null)
    {
        var connection = await ConnectAsync(options);
        await connection.SendAsync(new AuthCommand(new CommandId("auth"), Token(user), 1, [], null));
        await connection.AwaitAsync<AuthAckFrame>();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        Log.Verify();
    }
}
