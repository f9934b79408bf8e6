using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.Tests.Http;
using OrleansRealtime.Edge.Tests.Kestrel;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.Authentication;

/// <summary>What a WebSocket handshake is told before any upgrade.</summary>
public abstract class HandshakeGateTests(Carrier carrier) : CarrierTests(carrier)
{
    [Theory]
    [InlineData("?access_token=x", null, null, 400, "bad_request")]
    [InlineData("", "https://evil.example", null, 403, "forbidden")]
    [InlineData("", null, "Bearer garbage", 401, "unauthenticated")]
    [InlineData("?ticket=garbage", null, null, 401, "unauthenticated")]
    public async Task Handshake_OfThatKind_IsRefusedAndHoldsNoPlace(
        string query, string? origin, string? authorization, int status, string code)
    {
        await using var server = await StartAsync();
        await HttpTestServer.RefusedAsync(await UpgradeAsync(server, query, origin, authorization), status, code);
        Assert.Equal(0, server.Services.GetRequiredService<Admission>().Connections);
    }

    [Fact]
    public async Task Handshake_WithATokenOfEachFault_IsRefused()
    {
        await using var server = await StartAsync();
        var good = EdgeServer.Token("alice");
        string[] tokens =
        [
            EdgeServer.Token("alice", DateTimeOffset.UtcNow.AddMinutes(-5)),
            TestTokens.Sign("""{"alg":"none"}""", TestTokens.Claims(DateTimeOffset.UtcNow), static _ => []),
            good[..good.LastIndexOf('.')] + "." + new string('A', 43),
            "a.b.c.d.e",
            TestTokens.Hs256(TestTokens.Claims(DateTimeOffset.UtcNow, $",\"x\":\"{new string('x', 8192)}\"")),
            TestTokens.Hs256("""{"sub":"alice"}"""),
        ];
        foreach (var token in tokens)
        {
            await HttpTestServer.RefusedAsync(
                await UpgradeAsync(server, "", null, "Bearer " + token), 401, "unauthenticated");
            await HttpTestServer.RefusedAsync(
                await UpgradeAsync(server, "", null, null, "realtime.v1.json, bearer." + token), 401, "unauthenticated");
        }
    }

    [Fact]
    public async Task Handshake_BeyondTheNodesLimit_IsRefusedUntilAConnectionEnds()
    {
        await using var server = await StartAsync(static services =>
            services.Configure<LimitOptions>(static limits => limits.Connections = 1));
        await using (await server.LogInAsync("alice"))
        {
            var response = await UpgradeAsync(server, "", null, null);
            await HttpTestServer.RefusedAsync(response, 503, "unavailable");
            Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 5, 10);
        }
    }

    [Fact]
    public async Task Handshake_WhileDraining_IsRefused()
    {
        await using var server = await StartAsync();
        server.Node.BeginDrain();
        await HttpTestServer.RefusedAsync(await UpgradeAsync(server, "", null, null), 503, "unavailable");
    }

    [Fact]
    public async Task Connection_ClosedForMalformedInput_IsAnOffenceOfItsUser()
    {
        await using var server = await StartAsync(static services =>
            services.Configure<LimitOptions>(static limits => limits.Strikes = 1));
        for (var offence = 0; offence < 2; offence++)
        {
            await using var mallory = await server.LogInAsync("mallory");
            await mallory.SendTextAsync("{");
            Assert.Equal(CloseReason.Abusive.Code, (await mallory.AwaitCloseAsync()).Code);
        }

        // The offence counts when the connection has ended on the server's side as well.
        await server.Node.Connections.WhenEmptyAsync();

        await HttpTestServer.RefusedAsync(
            await UpgradeAsync(server, "", null, "Bearer " + EdgeServer.Token("mallory")), 429, "rate_limited");
    }

    [Fact]
    public async Task Handshake_WithACookieAndAListedOrigin_IsTheUsers()
    {
        await using var server = await StartAsync(static services =>
        {
            services.Configure<EdgeOptions>(static options => options.AllowedOrigins.Add("https://app.example.com"));
            services.Configure<AuthenticationOptions>(static options => options.CookieName = "session");
        });
        var cookie = ("Cookie", "session=" + EdgeServer.Token("alice"));

        await using var listed = await server.ConnectAsync(new TestConnectionOptions
        {
            Headers = [cookie, ("Origin", "https://app.example.com")],
        });
        Assert.Equal("alice", (await listed.AwaitAsync<AuthAckFrame>()).User.Value);

        // Without an Origin the cookie says nothing, so the connection waits for its first message.
        await using var bare = await server.ConnectAsync(new TestConnectionOptions { Headers = [cookie] });
        await bare.SendAsync(new PingCommand(new CommandId("p")));
        Assert.Equal(RealtimeErrorCode.Unauthenticated, (await bare.AwaitAsync<ErrorFrame>()).Error.Code);
    }

    private static async Task<HttpResponseMessage> UpgradeAsync(
        EdgeServer server, string query, string? origin, string? authorization, string? subprotocols = null)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/ws" + query);
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        foreach (var (name, value) in new[]
        {
            ("Origin", origin), ("Authorization", authorization), ("Sec-WebSocket-Protocol", subprotocols),
        })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await http.SendAsync(request);
    }
}

/// <summary>The same on streams of Kestrel.</summary>
public sealed class HandshakeGateTestsOnKestrel() : HandshakeGateTests(Carrier.Kestrel);

/// <summary>The same on sockets.</summary>
public sealed class HandshakeGateTestsOnSockets() : HandshakeGateTests(Carrier.Sockets);
