using System.Text;
using System.Text.Json;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Edge.Tests.Http;

public sealed class HttpApiTests : IAsyncLifetime
{
    private HttpTestServer _server = null!;

    public async Task InitializeAsync() => _server = await HttpTestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Publish_ByAServer_IsPassedOnByteForByte()
    {
        var answer = await HttpTestServer.AcceptedAsync(await _server.SendAsServerAsync(
            HttpMethod.Post, "/v1/publish",
            """{"channel":"chat:1","data": { "z" : 1.50, "a":"\u00e4/" } ,"mid":"m1","key":"k"}"""));

        Assert.Equal("""{"seq":7,"epoch":"e1","duplicate":false,"data":{ "answer": 1 }}""", answer);
        var (channel, request) = Assert.Single(_server.Channels.Asked);
        var publish = Assert.IsType<PublishRequest>(request);
        Assert.Equal("chat:1", channel.Value);
        Assert.Equal("""{ "z" : 1.50, "a":"\u00e4/" }""", Encoding.UTF8.GetString(publish.Payload.Bytes.Span));
        Assert.Equal("m1", publish.MessageId);
        Assert.Equal("k", publish.Key);
        Assert.Equal("$backend", publish.Caller.Sender.Value);
        Assert.True(publish.Caller.IsTrusted);
    }

    [Fact]
    public async Task Publish_ByAUser_CarriesTheTokensRights()
    {
        await HttpTestServer.AcceptedAsync(await _server.SendAsync(
            _server.Token(caps: """{"chat:*":["publish"]}"""), HttpMethod.Post, "/v1/publish",
            """{"channel":"chat:1","data":null}"""));

        var publish = Assert.IsType<PublishRequest>(Assert.Single(_server.Channels.Asked).Request);
        Assert.Equal("alice", publish.Caller.Sender.Value);
        Assert.False(publish.Caller.IsTrusted);
        Assert.Equal(ChannelRights.Publish, publish.Caller.Capabilities);
        Assert.Equal("null", Encoding.UTF8.GetString(publish.Payload.Bytes.Span));
    }

    [Theory]
    [InlineData("publish", """{"channel":"chat:1","data":"AQL/","encoding":"base64"}""", 200)]
    [InlineData("signal", """{"channel":"chat:1","encoding":"base64","data":"AQL/"}""", 204)]
    public async Task Binary_AsBase64_IsPassedOnAsItsBytes(string route, string body, int status)
    {
        await HttpTestServer.AcceptedAsync(await _server.SendAsServerAsync(HttpMethod.Post, "/v1/" + route, body), status);

        var payload = Assert.Single(_server.Channels.Asked).Request switch
        {
            PublishRequest publish => publish.Payload,
            SignalRequest signal => signal.Payload,
            _ => default,
        };
        Assert.Equal(Payload.Binary(new byte[] { 1, 2, 255 }), payload);
    }

    [Fact]
    public async Task Publish_WithIdempotencyKey_UsesItAsMessageId()
    {
        var request = HttpTestServer.Request(HttpMethod.Post, "/v1/publish", """{"channel":"chat:1","data":1}""");
        request.Headers.Add("X-Api-Key", HttpTestServer.ApiKey);
        request.Headers.Add("Idempotency-Key", "retry-1");
        await HttpTestServer.AcceptedAsync(await _server.Client.SendAsync(request));
        Assert.Equal("retry-1", Assert.IsType<PublishRequest>(Assert.Single(_server.Channels.Asked).Request).MessageId);

        var both = HttpTestServer.Request(HttpMethod.Post, "/v1/publish", """{"channel":"chat:1","data":1,"mid":"other"}""");
        both.Headers.Add("X-Api-Key", HttpTestServer.ApiKey);
        both.Headers.Add("Idempotency-Key", "retry-1");
        await HttpTestServer.RefusedAsync(await _server.Client.SendAsync(both), 400, "bad_request");
    }

    [Theory]
    [InlineData("""{"data":1}""", "channel")]
    [InlineData("""{"channel":"with space","data":1}""", "channel")]
    [InlineData("""{"channel":"chat:1"}""", "data")]
    [InlineData("""{"channel":"chat:1","data":1,"mid":""}""", "mid")]
    [InlineData("""{"channel":"chat:1","data":1,"key":""}""", "key")]
    [InlineData("""{"channel":7,"data":1}""", "channel")]
    [InlineData("""{"channel":"chat:1","data":"AQL","encoding":"base64"}""", "base64")]
    [InlineData("""{"channel":"chat:1","data":1,"encoding":"base64"}""", "base64")]
    [InlineData("""{"channel":"chat:1","encoding":"base64"}""", "data")]
    [InlineData("""{"channel":"chat:1","data":"AQL/","encoding":"hex"}""", "encoding")]
    [InlineData("""{"channel":"chat:1","data":1""", "JSON")]
    [InlineData("null", "JSON")]
    [InlineData("", "JSON")]
    public async Task Publish_WithSuchABody_IsRefused(string body, string why)
    {
        var problem = await HttpTestServer.RefusedAsync(
            await _server.SendAsServerAsync(HttpMethod.Post, "/v1/publish", body), 400, "bad_request");
        Assert.Contains(why, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.False(problem.GetProperty("retryable").GetBoolean());
        Assert.Empty(_server.Channels.Asked);
    }

    [Fact]
    public async Task Publish_WithABodyThatIsTooLong_IsRefusedWithAndWithoutItsLength()
    {
        var body = $$"""{"channel":"chat:1","data":"{{new string('x', 128 * 1024)}}"}""";
        await HttpTestServer.RefusedAsync(
            await _server.SendAsServerAsync(HttpMethod.Post, "/v1/publish", body), 413, "too_large");

        var request = HttpTestServer.Request(HttpMethod.Post, "/v1/publish", body);
        request.Headers.Add("X-Api-Key", HttpTestServer.ApiKey);
        request.Headers.TransferEncodingChunked = true;
        await HttpTestServer.RefusedAsync(await _server.Client.SendAsync(request), 413, "too_large");
    }

    [Fact]
    public async Task Publish_WithAnotherMediaType_IsRefused()
    {
        var request = HttpTestServer.Request(HttpMethod.Post, "/v1/publish");
        request.Headers.Add("X-Api-Key", HttpTestServer.ApiKey);
        request.Content = new StringContent("""{"channel":"chat:1","data":1}""", Encoding.UTF8, "text/plain");
        await HttpTestServer.RefusedAsync(await _server.Client.SendAsync(request), 415, "bad_request");
    }

    [Theory]
    [InlineData(RealtimeErrorCode.Forbidden, 403, "forbidden")]
    [InlineData(RealtimeErrorCode.TooLarge, 413, "too_large")]
    [InlineData(RealtimeErrorCode.Conflict, 409, "conflict")]
    [InlineData(RealtimeErrorCode.Timeout, 504, "timeout")]
    public async Task Publish_RefusedByTheChannel_SaysSo(RealtimeErrorCode code, int status, string name)
    {
        _server.Channels.Refusal = new RealtimeError(code, "why");
        var problem = await HttpTestServer.RefusedAsync(await PublishAsync(), status, name);
        Assert.Equal("why", problem.GetProperty("detail").GetString());
        Assert.Equal(code.IsRetryable(), problem.GetProperty("retryable").GetBoolean());
    }

    [Fact]
    public async Task Publish_RefusedForItsRate_SaysWhenToComeBack()
    {
        _server.Channels.Refusal = new RealtimeError(RealtimeErrorCode.RateLimited, "slow", TimeSpan.FromMilliseconds(1500));
        var response = await PublishAsync();
        var problem = await HttpTestServer.RefusedAsync(response, 429, "rate_limited");
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
        Assert.Equal(1500, problem.GetProperty("retryAfter").GetInt64());
        Assert.True(problem.GetProperty("retryable").GetBoolean());
    }

    [Fact]
    public async Task Publish_WhenTheChannelCannotBeReached_IsUnavailable()
    {
        _server.Channels.Fault = new ActorUnavailableException("moved");
        var problem = await HttpTestServer.RefusedAsync(await PublishAsync(), 503, "unavailable");
        Assert.DoesNotContain("moved", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ThatHitsABug_IsLoggedAndTellsNothing()
    {
        _server.Log.Expect(1311);
        _server.Channels.Fault = new InvalidOperationException("a secret of the server");
        var problem = await HttpTestServer.RefusedAsync(await PublishAsync(), 500, "internal");
        Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broadcast_ToMany_HasAResultForEach()
    {
        var answer = await HttpTestServer.AcceptedAsync(await _server.SendAsServerAsync(
            HttpMethod.Post, "/v1/broadcast", """{"channels":["a","b","a"],"data":{},"mid":"m"}"""));
        Assert.Equal(
            """{"results":[{"channel":"a","seq":7,"epoch":"e1","duplicate":false},{"channel":"b","seq":7,"epoch":"e1","duplicate":false}]}""",
            answer);

        _server.Channels.Fault = new ActorUnavailableException("moved");
        using var failed = JsonDocument.Parse(await HttpTestServer.AcceptedAsync(await _server.SendAsServerAsync(
            HttpMethod.Post, "/v1/broadcast", """{"channels":["a"],"data":{}}""")));
        var error = failed.RootElement.GetProperty("results")[0].GetProperty("error");
        Assert.Equal("unavailable", error.GetProperty("code").GetString());
        Assert.True(error.GetProperty("retryable").GetBoolean());
    }

    [Theory]
    [InlineData("""{"channels":[],"data":1}""")]
    [InlineData("""{"data":1}""")]
    [InlineData("""{"channels":["a",""],"data":1}""")]
    [InlineData("""{"channels":["a"]}""")]
    public async Task Broadcast_WithSuchABody_IsRefusedWhole(string body)
    {
        await HttpTestServer.RefusedAsync(
            await _server.SendAsServerAsync(HttpMethod.Post, "/v1/broadcast", body), 400, "bad_request");
        Assert.Empty(_server.Channels.Asked);
    }

    [Fact]
    public async Task Signal_IsDeliveredOrRefused()
    {
        const string body = """{"channel":"chat:1","data":{"typing":true},"key":"alice"}""";
        await HttpTestServer.AcceptedAsync(
            await _server.SendAsync(_server.Token(), HttpMethod.Post, "/v1/signal", body), 204);
        Assert.Equal("alice", Assert.IsType<SignalRequest>(Assert.Single(_server.Channels.Asked).Request).Key);

        _server.Channels.Refusal = new RealtimeError(RealtimeErrorCode.Forbidden, "no");
        await HttpTestServer.RefusedAsync(
            await _server.SendAsync(_server.Token(), HttpMethod.Post, "/v1/signal", body), 403, "forbidden");
    }

    [Fact]
    public async Task History_ShowsPublicationsByteForByte()
    {
        _server.Channels.Retained =
        [
            new Publication(6, DateTimeOffset.FromUnixTimeMilliseconds(12), Sender.OfServer("backend"), "m", "k",
                Payload.Json("""{ "x":1.0}""")),
            new Publication(7, DateTimeOffset.FromUnixTimeMilliseconds(13), Sender.OfUser(UserId.Parse("bob")), null, null,
                Payload.Binary(new byte[] { 1, 2, 255 })),
        ];

        var answer = await HttpTestServer.AcceptedAsync(await _server.SendAsync(
            _server.Token(), HttpMethod.Get, "/v1/history?channel=chat:1&epoch=e1&seq=5&limit=2&reverse=true"));

        Assert.Equal(
            """
            {"publications":[{"seq":6,"ts":12,"from":"$backend","mid":"m","key":"k","payload":{ "x":1.0}},{"seq":7,"ts":13,"from":"bob","encoding":"base64","payload":"AQL/"}],"epoch":"e1","seq":7,"more":true}
            """,
            answer);
        var read = Assert.IsType<ReadRequest>(Assert.Single(_server.Channels.Asked).Request);
        Assert.Equal(new Position(new Epoch("e1"), 5), read.From);
        Assert.Equal(2, read.Limit);
        Assert.True(read.Reverse);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?channel=chat:1&limit=0")]
    [InlineData("?channel=chat:1&limit=1001")]
    [InlineData("?channel=chat:1&seq=5")]
    [InlineData("?channel=chat:1&epoch=e1")]
    [InlineData("?channel=chat:1&epoch=e1&seq=-1")]
    [InlineData("?channel=chat:1&reverse=maybe")]
    [InlineData("?channel=a&channel=b")]
    public async Task History_WithSuchAQuery_IsRefused(string query) => await HttpTestServer.RefusedAsync(
        await _server.SendAsync(_server.Token(), HttpMethod.Get, "/v1/history" + query), 400, "bad_request");

    [Fact]
    public async Task Presence_ShowsMembersOrIsRefused()
    {
        Assert.Equal(
            """{"members":[{"user":"alice","info":{"n":1}}],"count":1,"truncated":false}""",
            await HttpTestServer.AcceptedAsync(
                await _server.SendAsync(_server.Token(), HttpMethod.Get, "/v1/presence?channel=chat:1")));

        _server.Channels.Refusal = new RealtimeError(RealtimeErrorCode.Forbidden, "no");
        await HttpTestServer.RefusedAsync(
            await _server.SendAsync(_server.Token(), HttpMethod.Get, "/v1/presence?channel=chat:1"), 403, "forbidden");
    }

    [Fact]
    public async Task Channel_IsShownToItsManagersOnly()
    {
        const string path = "/v1/channel?channel=chat:1";
        var answer = await HttpTestServer.AcceptedAsync(await _server.SendAsServerAsync(HttpMethod.Get, path));
        Assert.Contains("""{"user":"bob","allowed":["publish"],"denied":[]}""", answer, StringComparison.Ordinal);
        Assert.Contains("\"durability\":\"memory\"", answer, StringComparison.Ordinal);
        await HttpTestServer.AcceptedAsync(
            await _server.SendAsync(_server.Token(caps: """{"chat:1":["manage"]}"""), HttpMethod.Get, path));
        await HttpTestServer.RefusedAsync(
            await _server.SendAsync(_server.Token(caps: """{"chat:2":["manage"]}"""), HttpMethod.Get, path), 403, "forbidden");
        await HttpTestServer.RefusedAsync(
            await _server.SendAsServerAsync(HttpMethod.Get, "/v1/channel?channel=unknown:1"), 403, "forbidden");
    }

    [Theory]
    [InlineData("grant", false)]
    [InlineData("revoke", true)]
    public async Task Grant_AndRevoke_ChangeRightsAndAreAudited(string route, bool isRevocation)
    {
        Assert.Equal("""{"version":3}""", await HttpTestServer.AcceptedAsync(await _server.SendAsServerAsync(
            HttpMethod.Post, "/v1/" + route, """{"channel":"chat:1","user":"bob","rights":["publish","signal"]}""")));
        var change = Assert.Single(_server.Channels.Asked.Select(static asked => asked.Request).OfType<GrantChange>());
        Assert.Equal(ChannelRights.Publish | ChannelRights.Signal, change.Rights);
        Assert.Equal(isRevocation, change.Revoke);
        Assert.Contains(_server.Log.Entries, static entry => entry.Event.Id == 1320);

        foreach (var rights in new[] { "[]", """["fly"]""", "null" })
        {
            await HttpTestServer.RefusedAsync(
                await _server.SendAsServerAsync(
                    HttpMethod.Post, "/v1/" + route, $$"""{"channel":"chat:1","user":"bob","rights":{{rights}}}"""),
                400,
                "bad_request");
        }
    }

    [Theory]
    [InlineData("disconnect", """{"user":"bob","session":"s1"}""", 1001, "going away")]
    [InlineData("kick", """{"user":"bob"}""", 4030, "kicked")]
    [InlineData("kick", """{"user":"bob","reason":"spam"}""", 4030, "spam")]
    public async Task Disconnect_AndKick_CloseWithTheirCode(string route, string body, int code, string text)
    {
        Assert.Equal("""{"closed":2}""", await HttpTestServer.AcceptedAsync(
            await _server.SendAsServerAsync(HttpMethod.Post, "/v1/" + route, body)));
        var (user, act) = Assert.Single(_server.Users.Acts);
        var (session, reason) = Assert.IsType<(SessionId?, CloseReason)>(act);
        Assert.Equal("bob", user.Value);
        Assert.Equal(route == "disconnect" ? "s1" : null, session?.Value);
        Assert.Equal(code, reason.Code);
        Assert.Equal(text, reason.Reason);
        Assert.Contains(_server.Log.Entries, static entry => entry.Event.Id == 1321);
    }

    [Fact]
    public async Task Ban_AndUnban_AreCarriedOut()
    {
        await HttpTestServer.AcceptedAsync(await _server.SendAsServerAsync(
            HttpMethod.Post, "/v1/ban", """{"user":"bob","until":5000,"reason":"spam"}"""), 204);
        await HttpTestServer.AcceptedAsync(
            await _server.SendAsServerAsync(HttpMethod.Post, "/v1/unban", """{"user":"bob"}"""), 204);

        Assert.Equal(
            [new Ban(DateTimeOffset.UnixEpoch.AddSeconds(5), "spam", "$backend"), "unban"],
            _server.Users.Acts.Select(static entry => entry.Act));
        await HttpTestServer.RefusedAsync(
            await _server.SendAsServerAsync(
                HttpMethod.Post, "/v1/ban", $$"""{"user":"bob","reason":"{{new string('x', 101)}}"}"""),
            400,
            "bad_request");
        await HttpTestServer.RefusedAsync(
            await _server.SendAsServerAsync(HttpMethod.Post, "/v1/ban", """{"user":"bob","until":-1}"""), 400, "bad_request");
    }

    [Fact]
    public async Task RevokeTokens_WithoutATime_RevokesAllUpToNow()
    {
        await HttpTestServer.AcceptedAsync(
            await _server.SendAsServerAsync(HttpMethod.Post, "/v1/revoke-tokens", """{"user":"bob"}"""), 204);
        await HttpTestServer.AcceptedAsync(
            await _server.SendAsServerAsync(HttpMethod.Post, "/v1/revoke-tokens", """{"user":"bob","before":1000}"""), 204);
        Assert.Equal(
            [_server.Clock.Now, DateTimeOffset.UnixEpoch.AddSeconds(1)],
            _server.Users.Acts.Select(static entry => (DateTimeOffset)entry.Act));
    }

    [Fact]
    public async Task User_IsShownToManagersAndHimself()
    {
        const string expected = """
            {"user":"alice","online":true,"status":"busy","lastSeen":0,"sessions":[{"session":"s1","node":"edge-1","connected":true}],"ban":{"until":5000,"reason":"spam","by":"$backend"}}
            """;
        const string path = "/v1/user?user=alice";
        Assert.Equal(expected, await HttpTestServer.AcceptedAsync(await _server.SendAsServerAsync(HttpMethod.Get, path)));
        await HttpTestServer.AcceptedAsync(await _server.SendAsync(_server.Token(), HttpMethod.Get, path));
        await HttpTestServer.RefusedAsync(
            await _server.SendAsync(_server.Token("bob"), HttpMethod.Get, path), 403, "forbidden");
        await HttpTestServer.RefusedAsync(
            await _server.SendAsServerAsync(HttpMethod.Get, "/v1/user"), 400, "bad_request");
    }

    [Fact]
    public async Task Status_IsSetByTheUserOrAManager()
    {
        await HttpTestServer.AcceptedAsync(await _server.SendAsync(
            _server.Token(), HttpMethod.Put, "/v1/status", """{"status":"away"}"""), 204);
        await HttpTestServer.AcceptedAsync(await _server.SendAsServerAsync(
            HttpMethod.Put, "/v1/status", """{"user":"bob","status":"ill"}"""), 204);
        Assert.Equal(
            [("alice", new UserStatusText("away")), ("bob", new UserStatusText("ill"))],
            _server.Users.Acts.Select(static entry => (entry.User.Value, (UserStatusText)entry.Act)));

        await HttpTestServer.RefusedAsync(
            await _server.SendAsync(_server.Token(), HttpMethod.Put, "/v1/status", """{"user":"bob","status":"x"}"""),
            403,
            "forbidden");
        await HttpTestServer.RefusedAsync(
            await _server.SendAsServerAsync(HttpMethod.Put, "/v1/status", """{"status":"x"}"""), 400, "bad_request");
    }

    [Theory]
    [InlineData("disconnect")]
    [InlineData("kick")]
    [InlineData("ban")]
    [InlineData("unban")]
    [InlineData("revoke-tokens")]
    public async Task Management_OfUsers_NeedsManageEverywhere(string route)
    {
        const string body = """{"user":"bob"}""";
        await HttpTestServer.RefusedAsync(
            await _server.SendAsync(_server.Token(), HttpMethod.Post, "/v1/" + route, body), 403, "forbidden");
        await HttpTestServer.RefusedAsync(
            await _server.SendAsync(
                _server.Token(caps: """{"chat:*":["manage"],"*":["publish"]}"""), HttpMethod.Post, "/v1/" + route, body),
            403,
            "forbidden");
        Assert.Empty(_server.Users.Acts);

        var response = await _server.SendAsync(
            _server.Token(caps: """{"*":["manage"]}"""), HttpMethod.Post, "/v1/" + route, body);
        Assert.True(response.IsSuccessStatusCode);
        Assert.Single(_server.Users.Acts);

        await HttpTestServer.RefusedAsync(
            await _server.SendAsServerAsync(HttpMethod.Post, "/v1/" + route, """{"user":""}"""), 400, "bad_request");
    }

    private Task<HttpResponseMessage> PublishAsync() => _server.SendAsServerAsync(
        HttpMethod.Post, "/v1/publish", """{"channel":"chat:1","data":1}""");
}
