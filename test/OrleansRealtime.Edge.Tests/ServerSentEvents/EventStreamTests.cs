using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Tests.FanOut;
using OrleansRealtime.Edge.Tests.Http;
using OrleansRealtime.Edge.Tests.Kestrel;

namespace OrleansRealtime.Edge.Tests.ServerSentEvents;

public sealed class EventStreamTests : IAsyncLifetime
{
    private EdgeServer _server = null!;

    public async Task InitializeAsync() => _server = await EdgeServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Stream_Opened_HasItsHeadersAndThenLivePublications()
    {
        using var stream = await OpenAsync("?channels=chat:a,chat:b");
        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", stream.Response.Headers.CacheControl?.ToString());
        Assert.Equal("no", Assert.Single(stream.Response.Headers.GetValues("X-Accel-Buffering")));
        await stream.AwaitAsync("auth_ack");
        Assert.InRange(stream.RetryMs!.Value, 1000, 4000);
        await stream.AwaitAsync("ack");
        await stream.AwaitAsync("ack");

        await PublishAsync("chat:b", "{ \"x\" :\r\n [1,\n2] }");

        var publication = await stream.AwaitAsync("publication");
        Assert.Equal("chat:b", publication.GetProperty("channel").GetString());
        Assert.Equal(1, publication.GetProperty("seq").GetInt64());
        Assert.Equal(2, publication.GetProperty("payload").GetProperty("x")[1].GetInt32());
    }

    [Fact]
    public async Task Stream_ThatReturnsWithItsLastEventId_GetsWhatItMissedInEveryChannel()
    {
        string id;
        using (var stream = await OpenAsync("?channels=chat:a,chat:b"))
        {
            await stream.AwaitAsync("ack");
            await stream.AwaitAsync("ack");
            await PublishAsync("chat:a", "1");
            await stream.AwaitAsync("publication");
            id = stream.LastEventId;
        }

        await PublishAsync("chat:a", "2");
        await PublishAsync("chat:b", "3");
        using var returned = await OpenAsync("?channels=chat:b,chat:a", id);
        var seen = new List<(string?, long)>();
        while (seen.Count < 2)
        {
            var (name, data) = (await returned.ReadAsync())!.Value;
            if (name == "ack")
            {
                Assert.True(data.GetProperty("payload").GetProperty("recovered").GetBoolean());
                Assert.Equal(1, data.GetProperty("payload").GetProperty("missed").GetInt64());
            }
            else if (name == "publication")
            {
                seen.Add((data.GetProperty("channel").GetString(), data.GetProperty("seq").GetInt64()));
            }
        }

        Assert.Equal([("chat:a", 2L), ("chat:b", 1L)], seen.Order());

        // And live goes on behind it without a double.
        await PublishAsync("chat:a", "4");
        Assert.Equal(3, (await returned.AwaitAsync("publication")).GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task Stream_WithItsIdInTheQuery_ResumesToo()
    {
        string id;
        using (var stream = await OpenAsync("?channels=chat:a"))
        {
            await stream.AwaitAsync("ack");
            id = stream.LastEventId;
        }

        await PublishAsync("chat:a", "1");
        using var returned = await OpenAsync($"?channels=chat:a&lastEventId={id}");
        Assert.Equal(1, (await returned.AwaitAsync("ack")).GetProperty("payload").GetProperty("missed").GetInt64());
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("1!")]
    [InlineData("1AAAA")]
    [InlineData("2AAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Stream_WithAnIdThatCannotBeRead_HearsThatItIsNotRecovered(string id)
    {
        using var stream = await OpenAsync("?channels=chat:a", id);
        Assert.False((await stream.AwaitAsync("ack")).GetProperty("payload").GetProperty("recovered").GetBoolean());
    }

    [Fact]
    public async Task Stream_AskingForTheLast_GetsThem()
    {
        await PublishAsync("chat:a", "1");
        await PublishAsync("chat:a", "2");
        using var stream = await OpenAsync("?channels=chat:a&last=1");
        Assert.Equal(2, (await stream.AwaitAsync("publication")).GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task Channel_ThatIsForbidden_IsAnErrorEvent()
    {
        using var stream = await OpenAsync("?channels=secret:x,chat:a");
        var error = await stream.AwaitAsync("error");
        Assert.Equal("forbidden", error.GetProperty("payload").GetProperty("code").GetString());
        Assert.Equal("secret:x", error.GetProperty("channel").GetString());
        await PublishAsync("chat:a", "1");
        await stream.AwaitAsync("publication");
    }

    [Fact]
    public async Task Channel_OfANamespaceThatIsNotConfigured_IsAnErrorEvent()
    {
        using var stream = await OpenAsync("?channels=nowhere:x,chat:a");
        var error = await stream.AwaitAsync("error");
        Assert.Equal("forbidden", error.GetProperty("payload").GetProperty("code").GetString());
        Assert.Equal("nowhere:x", error.GetProperty("channel").GetString());
        await PublishAsync("chat:a", "1");
        await stream.AwaitAsync("publication");
    }

    [Fact]
    public async Task Channels_ThatAreAllForbidden_AreRefusedBeforeTheStream()
    {
        using var http = new HttpClient { BaseAddress = _server.Address };
        await HttpTestServer.RefusedAsync(
            await EventStreamClient.SendAsync(http, "?channels=secret:x,secret:y", EdgeServer.Token("alice")), 403, "forbidden");
        await Until.TrueAsync("nothing of it is left", () => _server.Node.Connections.Count == 0);
    }

    [Fact]
    public async Task Stream_ThatLosesItsLastChannel_EndsAndIsRefusedWhenItReturns()
    {
        using var stream = await OpenAsync("?channels=chat:a,plain:a");
        await stream.AwaitAsync("ack");
        await stream.AwaitAsync("ack");
        _server.Policies.Remove("chat");
        await stream.AwaitAsync("unsubscribed");
        _server.Policies.Remove("plain");
        await stream.AwaitAsync("unsubscribed");

        Assert.Equal(4003, (await stream.AwaitAsync("close")).GetProperty("payload").GetProperty("code").GetInt32());
        Assert.Null(await stream.ReadAsync());
        using var http = new HttpClient { BaseAddress = _server.Address };
        await HttpTestServer.RefusedAsync(
            await EventStreamClient.SendAsync(http, "?channels=chat:a,plain:a", EdgeServer.Token("alice")), 403, "forbidden");
    }

    [Fact]
    public async Task Stream_WithPresenceAndConflation_HearsWhoCameAndTheNewestOnly()
    {
        using var stream = await OpenAsync("?channels=chat:a&presence=1&conflate=50");
        await stream.AwaitAsync("ack");
        await using var bob = await _server.LogInAsync("bob");
        await bob.SendAsync(new OrleansRealtime.Protocol.SubscribeCommand(
            new OrleansRealtime.Protocol.CommandId("s"), ChannelName.Parse("chat:a"), null, 0, true, null));
        var joined = new List<string?>();
        while (!joined.Contains("bob"))
        {
            joined.Add((await stream.AwaitAsync("join")).GetProperty("user").GetString());
        }

        for (var i = 1; i <= 20; i++)
        {
            await PublishAsync("chat:a", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        var seen = 0L;
        var given = 0;
        while (seen < 20)
        {
            var next = (await stream.AwaitAsync("publication")).GetProperty("seq").GetInt64();
            Assert.InRange(next, seen + 1, 20);
            (seen, given) = (next, given + 1);
        }

        Assert.InRange(given, 1, 19);
    }

    [Fact]
    public async Task User_Kicked_HearsTheCloseAndTheStreamEnds()
    {
        using var stream = await OpenAsync("?channels=chat:a");
        await stream.AwaitAsync("ack");

        await User("alice").DisconnectAsync(null, CloseReason.Kicked, default);

        var close = (await stream.AwaitAsync("close")).GetProperty("payload");
        Assert.Equal(4030, close.GetProperty("code").GetInt32());
        Assert.False(close.GetProperty("retryable").GetBoolean());
        Assert.Null(await stream.ReadAsync());
    }

    [Theory]
    [InlineData("", 400, "bad_request")]
    [InlineData("?channels=", 400, "bad_request")]
    [InlineData("?channels=with space", 400, "bad_request")]
    [InlineData("?channels=chat:a&last=1001", 400, "bad_request")]
    [InlineData("?channels=chat:a&conflate=9", 400, "bad_request")]
    [InlineData("?channels=chat:a&presence=maybe", 400, "bad_request")]
    [InlineData("?channels=chat:a&access_token=x", 400, "bad_request")]
    [InlineData("?channels=nowhere:a", 403, "forbidden")]
    public async Task Request_OfThatKind_IsRefusedBeforeTheStream(string query, int status, string code)
    {
        using var http = new HttpClient { BaseAddress = _server.Address };
        await HttpTestServer.RefusedAsync(
            await EventStreamClient.SendAsync(http, query, EdgeServer.Token("alice")), status, code);
    }

    [Fact]
    public async Task Request_WithoutCredentialsOrFromABannedUser_IsRefusedBeforeTheStream()
    {
        using var http = new HttpClient { BaseAddress = _server.Address };
        await HttpTestServer.RefusedAsync(
            await EventStreamClient.SendAsync(http, "?channels=chat:a", null), 401, "unauthenticated");

        await User("mallory").BanAsync(new Ban(null, "spam", "$test"), default);
        await HttpTestServer.RefusedAsync(
            await EventStreamClient.SendAsync(http, "?channels=chat:a", EdgeServer.Token("mallory")), 403, "forbidden");
    }

    [Fact]
    public async Task Ticket_OpensOneStream()
    {
        var ticket = _server.Services.GetRequiredService<ConnectionTickets>().TryIssue(new Identity(
            UserId.Parse("alice"), false, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(1), Capabilities.None, default));
        var query = $"?channels=chat:a&ticket={ticket}";
        using var stream = await EventStreamClient.OpenAsync(_server.Address, query, null);
        Assert.Equal("alice", (await stream.AwaitAsync("auth_ack")).GetProperty("payload").GetProperty("user").GetString());

        using var http = new HttpClient { BaseAddress = _server.Address };
        await HttpTestServer.RefusedAsync(await EventStreamClient.SendAsync(http, query, null), 401, "unauthenticated");
    }

    private IUser User(string user) => _server.Services.GetRequiredService<IUsers>().Get(UserId.Parse(user));

    private Task<EventStreamClient> OpenAsync(string query, string? lastEventId = null) =>
        EventStreamClient.OpenAsync(_server.Address, query, EdgeServer.Token("alice"), lastEventId);

    private async Task PublishAsync(string channel, string json)
    {
        var outcome = await _server.Services.GetRequiredService<IChannels>().Get(ChannelName.Parse(channel))
            .PublishAsync(new PublishRequest(Caller.Trusted("test"), Payload.Json(json)), default);
        Assert.Null(outcome.Refusal);
    }
}
