using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Client.Tests.RealServer;

/// <summary>The real edge over the embedded runtime, on a port of its own.</summary>
internal sealed class RealEdge : IAsyncDisposable
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");
    private readonly WebApplication _application;

    private RealEdge(WebApplication application, LogGuard log)
    {
        _application = application;
        Log = log;
    }

    public LogGuard Log { get; }

    public Uri Address => new(_application.Urls.First());

    public static async Task<RealEdge> StartAsync()
    {
        var log = new LogGuard();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IChannelPolicies>(new Policies());
        builder.Services.AddEmbeddedRealtime();
        builder.Services.AddRealtimeEdge();
        builder.Services.Configure<AuthenticationOptions>(static options => options.Keys.Add(
            new SigningKeyOptions { Id = "main", Algorithm = "HS256", Secret = Base64Url.EncodeToString(Secret) }));
        builder.Services.Configure<DrainOptions>(static options => options.Window = TimeSpan.Zero);
        var application = builder.Build();
        application.MapRealtime();
        await application.StartAsync();
        return new RealEdge(application, log);
    }

    /// <summary>Options of a client of this edge, through <paramref name="address"/> if that is given.</summary>
    public RealtimeClientOptions Options(string user, Uri? address = null) => new()
    {
        Address = address ?? Address,
        TokenProvider = _ => ValueTask.FromResult<string?>(Token(user)),
        MaxBackoff = TimeSpan.FromMilliseconds(50),
        Logger = Log.CreateLogger(user),
    };

    public static string Token(string user)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var signed = Part("""{"alg":"HS256","typ":"JWT","kid":"main"}""") + "." + Part(string.Create(
            CultureInfo.InvariantCulture, $$"""{"sub":"{{user}}","iat":{{now}},"exp":{{now + 3600}}}"""));
        return signed + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Secret, Encoding.ASCII.GetBytes(signed)));
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        Log.Verify();
    }

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private sealed class Policies : IChannelPolicies
    {
        public bool TryFind(ChannelName channel, [NotNullWhen(true)] out ChannelPolicy? policy)
        {
            policy = channel.Namespace == "chat" ? new ChannelPolicy { Namespace = "chat", Presence = PresencePolicy.Members } : null;
            return policy is not null;
        }
    }
}
