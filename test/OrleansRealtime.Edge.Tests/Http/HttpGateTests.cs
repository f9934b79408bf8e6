using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.Tests.Authentication;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.Http;

public sealed class HttpGateTests
{
    private const string Path = "/v1/presence?channel=chat:1";

    [Fact]
    public async Task Token_OfEachFault_IsRefusedOverKestrel()
    {
        await using var server = await HttpTestServer.StartAsync(authentication: static options => options.Issuer = "us");
        var now = server.Clock.Now;
        var unix = now.ToUnixTimeSeconds();
        string Good(string more) => TestTokens.Claims(now, ",\"iss\":\"us\"" + more);
        await HttpTestServer.AcceptedAsync(await server.SendAsync(TestTokens.Hs256(Good("")), HttpMethod.Get, Path));

        using var rsa = RSA.Create(2048);
        var faults = new Dictionary<string, string>
        {
            ["expired"] = TestTokens.Hs256($$"""{"sub":"alice","iss":"us","exp":{{unix - 60}}}"""),
            ["not valid before"] = TestTokens.Hs256(Good($",\"nbf\":{unix + 60}")),
            ["signature"] = TestTokens.Sign("""{"alg":"HS256"}""", Good(""), static _ => new byte[32]),
            ["none of"] = TestTokens.Sign("""{"alg":"none"}""", Good(""), static _ => []),
            ["kid"] = TestTokens.Rs256(rsa, Good(""), "stranger"),
            ["encrypted"] = "eyJhbGciOiJkaXIifQ..a.b.c",
            ["longer"] = TestTokens.Hs256(Good($",\"x\":\"{new string('x', 8192)}\"")),
            ["no JWT"] = "garbage",
            ["'sub'"] = TestTokens.Hs256($$"""{"iss":"us","exp":{{unix + 60}}}"""),
            ["'exp'"] = TestTokens.Hs256("""{"sub":"alice","iss":"us"}"""),
            ["issuer"] = TestTokens.Hs256(TestTokens.Claims(now)),
        };
        foreach (var (why, token) in faults)
        {
            var response = await server.SendAsync(token, HttpMethod.Get, Path);
            var problem = await HttpTestServer.RefusedAsync(response, 401, "unauthenticated");
            Assert.Contains(why, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        }
    }

    [Fact]
    public async Task Request_WithoutCredentials_IsRefusedUnlessAnonymousUsersAreLetIn()
    {
        await using var closed = await HttpTestServer.StartAsync();
        await HttpTestServer.RefusedAsync(await closed.SendAsync(null, HttpMethod.Get, Path), 401, "unauthenticated");

        await using var open = await HttpTestServer.StartAsync(authentication: static options => options.AllowAnonymous = true);
        await HttpTestServer.AcceptedAsync(await open.SendAsync(null, HttpMethod.Get, "/v1/history?channel=chat:1"));
        Assert.True(Assert.IsType<ReadRequest>(Assert.Single(open.Channels.Asked).Request).Caller.IsAnonymous);
    }

    [Fact]
    public async Task Request_WithAWrongApiKeyOrScheme_IsRefused()
    {
        await using var server = await HttpTestServer.StartAsync();
        var key = HttpTestServer.Request(HttpMethod.Get, Path);
        key.Headers.Add("X-Api-Key", "guess");
        await HttpTestServer.RefusedAsync(await server.Client.SendAsync(key), 401, "unauthenticated");

        var basic = HttpTestServer.Request(HttpMethod.Get, Path);
        basic.Headers.Authorization = new AuthenticationHeaderValue("Basic", "YTpi");
        await HttpTestServer.RefusedAsync(await server.Client.SendAsync(basic), 401, "unauthenticated");
    }

    [Fact]
    public async Task User_BannedOrRevoked_IsRefused()
    {
        await using var server = await HttpTestServer.StartAsync();
        server.Users.Refused[UserId.Parse("alice")] = new RealtimeError(RealtimeErrorCode.Forbidden, "banned");
        server.Users.Refused[UserId.Parse("bob")] = new RealtimeError(RealtimeErrorCode.Unauthenticated, "revoked");
        await HttpTestServer.RefusedAsync(await server.SendAsync(server.Token(), HttpMethod.Get, Path), 403, "forbidden");
        await HttpTestServer.RefusedAsync(
            await server.SendAsync(server.Token("bob"), HttpMethod.Get, Path), 401, "unauthenticated");
        await HttpTestServer.AcceptedAsync(await server.SendAsync(server.Token("carol"), HttpMethod.Get, Path));
    }

    [Theory]
    [InlineData("access_token=x")]
    [InlineData("token=x")]
    [InlineData("JWT=x")]
    [InlineData("bearer=x")]
    [InlineData("api_key=x")]
    [InlineData("anything=eyJhbGciOiJIUzI1NiJ9.e30.x")]
    public async Task Secret_InTheQuery_IsRefusedEvenWithGoodCredentials(string parameter)
    {
        await using var server = await HttpTestServer.StartAsync();
        await HttpTestServer.RefusedAsync(
            await server.SendAsync(server.Token(), HttpMethod.Get, $"{Path}&{parameter}"), 400, "bad_request");
        await HttpTestServer.RefusedAsync(
            await server.SendAsServerAsync(HttpMethod.Get, $"{Path}&{parameter}"), 400, "bad_request");
    }

    [Theory]
    [InlineData("https://app.example.com", true)]
    [InlineData("HTTPS://APP.EXAMPLE.COM:443", true)]
    [InlineData("https://app.example.com:8443", false)]
    [InlineData("http://app.example.com", false)]
    [InlineData("https://app.example.com.evil.example", false)]
    [InlineData("https://evil.example/https://app.example.com", false)]
    [InlineData("https://user@app.example.com", false)]
    [InlineData("null", false)]
    public async Task Origin_IsComparedWhole(string origin, bool isAllowed)
    {
        await using var server = await HttpTestServer.StartAsync(
            static options => options.AllowedOrigins.Add("https://app.example.com"));
        var response = await SendWithOriginAsync(server, HttpMethod.Get, origin);
        var preflight = await SendWithOriginAsync(server, HttpMethod.Options, origin);
        if (isAllowed)
        {
            await HttpTestServer.AcceptedAsync(response);
            Assert.Equal(origin, Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
            Assert.Equal("true", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Credentials")));
            await HttpTestServer.AcceptedAsync(preflight, 204);
            Assert.Equal("GET, POST, PUT", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Methods")));
        }
        else
        {
            await HttpTestServer.RefusedAsync(response, 403, "forbidden");
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
            await HttpTestServer.RefusedAsync(preflight, 403, "forbidden");
        }
    }

    [Fact]
    public async Task Origin_WithoutAList_IsTheServersOwn()
    {
        await using var server = await HttpTestServer.StartAsync();
        await HttpTestServer.AcceptedAsync(await SendWithOriginAsync(server, HttpMethod.Get, server.Origin));
        await HttpTestServer.RefusedAsync(
            await SendWithOriginAsync(server, HttpMethod.Get, "https://elsewhere.example"), 403, "forbidden");
    }

    [Fact]
    public async Task Cookie_IsBelievedOnlyWithAListedOrigin()
    {
        await using var server = await HttpTestServer.StartAsync(
            static options => options.AllowedOrigins.Add("https://app.example.com"),
            static options => options.CookieName = "session");
        await HttpTestServer.AcceptedAsync(await SendCookieAsync(server, "https://app.example.com"));
        await HttpTestServer.RefusedAsync(await SendCookieAsync(server, null), 401, "unauthenticated");
        await HttpTestServer.RefusedAsync(await SendCookieAsync(server, "https://evil.example"), 403, "forbidden");

        await using var any = await HttpTestServer.StartAsync(
            static options => options.AllowedOrigins.Add("*"), static options => options.CookieName = "session");
        await HttpTestServer.RefusedAsync(await SendCookieAsync(any, "https://evil.example"), 401, "unauthenticated");
    }

    [Fact]
    public async Task Ticket_IsGoodOnceAndForHalfAMinute()
    {
        await using var server = await HttpTestServer.StartAsync();
        var identity = server.Service<ConnectionTickets>().Redeem(await TicketAsync(server)).Identity!;
        Assert.Equal("alice", identity.User.Value);
        Assert.Equal(ChannelRights.Publish, identity.Capabilities.In(ChannelName.Parse("chat:1")));

        var ticket = await TicketAsync(server);
        await HttpTestServer.AcceptedAsync(await server.SendAsync(null, HttpMethod.Get, $"{Path}&ticket={ticket}"));
        await HttpTestServer.RefusedAsync(
            await server.SendAsync(null, HttpMethod.Get, $"{Path}&ticket={ticket}"), 401, "unauthenticated");

        var late = await TicketAsync(server);
        server.Clock.Advance(ConnectionTickets.Lifetime);
        foreach (var wrong in new[] { late, "", "x", "AAAA", late[..^4] + "AAAA", new string('A', 5000) })
        {
            await HttpTestServer.RefusedAsync(
                await server.SendAsync(null, HttpMethod.Get, $"{Path}&ticket={wrong}"), 401, "unauthenticated");
        }
    }

    [Fact]
    public async Task Ticket_OfAServerOrWithTooManyCapabilities_IsRefused()
    {
        await using var server = await HttpTestServer.StartAsync();
        await HttpTestServer.RefusedAsync(
            await server.SendAsServerAsync(HttpMethod.Post, "/v1/ticket"), 403, "forbidden");
        var caps = string.Join(',', Enumerable.Range(0, 80).Select(static i => $"\"{new string('c', 40)}{i}\":[\"publish\"]"));
        await HttpTestServer.RefusedAsync(
            await server.SendAsync(server.Token(caps: $"{{{caps}}}"), HttpMethod.Post, "/v1/ticket"), 413, "too_large");
    }

    [Fact]
    public void Ticket_FromANodeWithTheSameSecret_IsGood_AndFromAnotherIsNot()
    {
        var clock = new ManualTimeProvider();
        var identity = Identity.Anonymous(clock.Now);
        var ticket = new ConnectionTickets(TestTokens.Options(), clock).TryIssue(identity)!;

        Assert.Equal(identity.User, new ConnectionTickets(TestTokens.Options(), clock).Redeem(ticket).Identity?.User);
        Assert.Null(new ConnectionTickets(new AuthenticationOptions(), clock).Redeem(ticket).Identity);
        Assert.Throws<InvalidOperationException>(
            () => new ConnectionTickets(new AuthenticationOptions { TicketSecret = "short" }, clock));
    }

    [Fact]
    public async Task User_SendingMoreThanItsBudget_IsRefusedAndOthersAreNot()
    {
        await using var server = await HttpTestServer.StartAsync(limits: static options => options.CommandsPerSecondPerUser = 1);
        await HttpTestServer.AcceptedAsync(await server.SendAsync(server.Token(), HttpMethod.Get, Path));
        await HttpTestServer.AcceptedAsync(await server.SendAsync(server.Token(), HttpMethod.Get, Path));
        await HttpTestServer.RefusedAsync(await server.SendAsync(server.Token(), HttpMethod.Get, Path), 429, "rate_limited");
        await HttpTestServer.AcceptedAsync(await server.SendAsync(server.Token("bob"), HttpMethod.Get, Path));
    }

    [Fact]
    public async Task Offender_IsCutOff()
    {
        await using var server = await HttpTestServer.StartAsync();
        var offenders = server.Service<OffenderTable>();
        offenders.Report(OffenderKey.Of(UserId.Parse("alice")));
        offenders.Report(OffenderKey.Of(UserId.Parse("alice")));
        var response = await server.SendAsync(server.Token(), HttpMethod.Get, Path);
        await HttpTestServer.RefusedAsync(response, 429, "rate_limited");
        Assert.Equal(OffenderTable.FirstCutOff, response.Headers.RetryAfter?.Delta);
    }

    private static async Task<string> TicketAsync(HttpTestServer server)
    {
        using var answer = JsonDocument.Parse(await HttpTestServer.AcceptedAsync(
            await server.SendAsync(server.Token(caps: """{"chat:*":["publish"]}"""), HttpMethod.Post, "/v1/ticket")));
        Assert.Equal(30_000, answer.RootElement.GetProperty("expiresInMs").GetInt64());
        return answer.RootElement.GetProperty("ticket").GetString()!;
    }

    private static Task<HttpResponseMessage> SendWithOriginAsync(HttpTestServer server, HttpMethod method, string origin)
    {
        var request = HttpTestServer.Request(method, Path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Token());
        request.Headers.TryAddWithoutValidation("Origin", origin);
        return server.Client.SendAsync(request);
    }

    private static Task<HttpResponseMessage> SendCookieAsync(HttpTestServer server, string? origin)
    {
        var request = HttpTestServer.Request(HttpMethod.Get, Path);
        request.Headers.Add("Cookie", $"session={server.Token()}");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return server.Client.SendAsync(request);
    }
}
