using System.Text;
using System.Text.Json;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Http;
using OrleansRealtime.Edge.Tests.Authentication;

namespace OrleansRealtime.Edge.Tests.Http;

/// <summary>What is told of administrative acts, where, and by whom it can be written.</summary>
public sealed class AuditTrailTests : IAsyncLifetime
{
    private HttpTestServer _server = null!;

    public async Task InitializeAsync() => _server = await HttpTestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("grant", """{"channel":"chat:1","user":"bob","rights":["publish"]}""", 200, 1320, """ "channel":"chat:1","detail":"publish","outcome":"done" """)]
    [InlineData("revoke", """{"channel":"chat:1","user":"bob","rights":["publish"]}""", 200, 1320, """ "channel":"chat:1","detail":"publish","outcome":"done" """)]
    [InlineData("disconnect", """{"user":"bob","session":"s1"}""", 200, 1321, """ "detail":"session s1","outcome":"done","result":"2 connections closed" """)]
    [InlineData("kick", """{"user":"bob","reason":"spam"}""", 200, 1321, """ "detail":"spam","outcome":"done","result":"2 connections closed" """)]
    [InlineData("ban", """{"user":"bob","until":5000,"reason":"spam"}""", 204, 1322, """ "detail":"until 1970-01-01 00:00:05Z: spam","outcome":"done" """)]
    [InlineData("unban", """{"user":"bob"}""", 204, 1323, """ "outcome":"done" """)]
    [InlineData("revoke-tokens", """{"user":"bob","before":1000}""", 204, 1324, """ "detail":"issued before 1970-01-01 00:00:01Z","outcome":"done" """)]
    public async Task Act_ThatIsDone_IsLoggedAndPublished(string act, string body, int status, int eventId, string told)
    {
        await HttpTestServer.AcceptedAsync(await _server.SendAsServerAsync(HttpMethod.Post, "/v1/" + act, body), status);

        Assert.Single(_server.Log.Entries, entry => entry.Event.Id == eventId);
        Assert.Equal(
            $$"""{"at":{{_server.Clock.Now.ToUnixTimeMilliseconds()}},"by":"$backend","act":"{{act}}","user":"bob",{{told.Trim()}}}""",
            Assert.Single(Published()));
    }

    [Fact]
    public async Task Act_WhoseOutcomeIsUnknown_IsToldAsFailed()
    {
        _server.Users.Fault = new ActorUnavailableException("the user is elsewhere");

        await HttpTestServer.RefusedAsync(
            await _server.SendAsServerAsync(HttpMethod.Post, "/v1/kick", """{"user":"bob"}"""), 503, "unavailable");

        Assert.Single(_server.Log.Entries, static entry => entry.Event.Id == 1326);
        using var entry = JsonDocument.Parse(Assert.Single(Published()));
        Assert.Equal("failed", entry.RootElement.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Act_WithoutTheRight_IsLoggedAndNotPublished()
    {
        await HttpTestServer.RefusedAsync(
            await _server.SendAsync(TestTokens.Hs256("""{"sub":"mallory","iat":1767268800,"exp":1767272400}"""), HttpMethod.Post, "/v1/ban", """{"user":"bob"}"""), 403, "forbidden");

        var entry = Assert.Single(_server.Log.Entries, static entry => entry.Event.Id == 1325);
        Assert.Contains("mallory", entry.Message, StringComparison.Ordinal);
        Assert.Empty(Published());
        Assert.Empty(_server.Users.Acts);
    }

    [Fact]
    public async Task Act_StandsWhenTheTrailCannotBeWritten()
    {
        _server.Channels.Fault = new ActorUnavailableException("the trail is elsewhere");

        await HttpTestServer.AcceptedAsync(await _server.SendAsServerAsync(HttpMethod.Post, "/v1/unban", """{"user":"bob"}"""), 204);

        Assert.Single(_server.Log.Entries, static entry => entry.Event.Id == 1323);
        Assert.Single(_server.Log.Entries, static entry => entry.Event.Id == 1327);
    }

    [Theory]
    [InlineData("publish", """{"channel":"console-audit:acts","data":1}""")]
    [InlineData("broadcast", """{"channels":["chat:1","console-audit:acts"],"data":1}""")]
    [InlineData("signal", """{"channel":"console-audit:acts","data":1}""")]
    public async Task Trail_CannotBeWrittenByThoseWhoseActsItTells(string route, string body)
    {
        await HttpTestServer.RefusedAsync(await _server.SendAsServerAsync(HttpMethod.Post, "/v1/" + route, body), 403, "forbidden");

        Assert.Empty(_server.Channels.Asked);
    }

    private IEnumerable<string> Published() => _server.Channels.Asked
        .Where(static asked => asked.Channel == AuditTrail.Channel)
        .Select(static asked => Encoding.UTF8.GetString(((PublishRequest)asked.Request).Payload.Bytes.Span));
}
