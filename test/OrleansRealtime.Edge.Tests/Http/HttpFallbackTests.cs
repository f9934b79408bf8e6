using System.Net.Http.Headers;
using System.Text;
using OrleansRealtime.Edge.Http;
using OrleansRealtime.Edge.Limits;

namespace OrleansRealtime.Edge.Tests.Http;

/// <summary>What is no request of the API, and what is too many bad ones.</summary>
public sealed class HttpFallbackTests
{
    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "unknown_type", "")]
    [InlineData("POST", "/v1/nothing/below", 404, "unknown_type", "")]
    [InlineData("GET", "/v1/publish", 405, "bad_request", "POST")]
    [InlineData("GET", "/v1/PUBLISH/", 405, "bad_request", "POST")]
    [InlineData("DELETE", "/v1/history", 405, "bad_request", "GET")]
    [InlineData("POST", "/v1/status", 405, "bad_request", "PUT")]
    public async Task Request_ThatNoAddressTakes_IsAProblem(string method, string path, int status, string code, string allow)
    {
        await using var server = await HttpTestServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        var response = await server.Client.SendAsync(request);
        await HttpTestServer.RefusedAsync(response, status, code);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
    }

    [Theory]
    [InlineData("text/plain", "{}", 415, "bad_request")]
    [InlineData("application/json", null, 413, "too_large")]
    public async Task Body_OfTheWrongKindOrSize_IsAProblem(string type, string? body, int status, string code)
    {
        await using var server = await HttpTestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/publish");
        request.Headers.Add(HttpGate.ApiKeyHeader, HttpTestServer.ApiKey);
        request.Content = new StringContent(body ?? new string(' ', 8 * 1024 * 1024), Encoding.UTF8, MediaTypeHeaderValue.Parse(type));
        await HttpTestServer.RefusedAsync(await server.Client.SendAsync(request), status, code);
    }

    [Fact]
    public async Task ApiKeys_ThatAreWrongAgainAndAgain_CutTheAddressOff()
    {
        await using var server = await HttpTestServer.StartAsync();
        for (var i = 0; i < 2 * OffenderTable.StrikesPerOffence; i++)
        {
            await HttpTestServer.RefusedAsync(await SendAsync(server, "guess"), 401, "unauthenticated");
        }

        await HttpTestServer.RefusedAsync(await SendAsync(server, HttpTestServer.ApiKey), 429, "rate_limited");
        server.Clock.Advance(OffenderTable.FirstCutOff);
        await HttpTestServer.AcceptedAsync(await SendAsync(server, HttpTestServer.ApiKey));
    }

    [Fact]
    public async Task Tokens_ThatAreWrongAtAHighRate_AreNotCheckedAnyMore()
    {
        await using var server = await HttpTestServer.StartAsync(limits: static limits => limits.CommandsPerSecondPerUser = 2);
        for (var i = 0; i < 4; i++)
        {
            await HttpTestServer.RefusedAsync(
                await server.SendAsync("bad", HttpMethod.Get, "/v1/presence?channel=chat:1"), 401, "unauthenticated");
        }

        await HttpTestServer.RefusedAsync(
            await server.SendAsync("bad", HttpMethod.Get, "/v1/presence?channel=chat:1"), 429, "rate_limited");
    }

    private static Task<HttpResponseMessage> SendAsync(HttpTestServer server, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/presence?channel=chat:1");
        request.Headers.Add(HttpGate.ApiKeyHeader, key);
        return server.Client.SendAsync(request);
    }
}
