using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Tests.Kestrel;

namespace OrleansRealtime.Edge.Tests.Http;

/// <summary>The HTTP API over real actors.</summary>
public sealed class HttpOverRuntimeTests
{
    private const string Publication = """{"channel":"chat:room","data":{"text":"hi"}}""";

    [Fact]
    public async Task Publish_RetriedWithItsIdempotencyKey_IsStoredOnce()
    {
        await using var server = await EdgeServer.StartAsync();
        var first = await HttpTestServer.AcceptedAsync(await PublishAsync(server, "alice"));
        var second = await HttpTestServer.AcceptedAsync(await PublishAsync(server, "alice"));
        Assert.Contains("\"seq\":1,", first, StringComparison.Ordinal);
        Assert.Contains("\"duplicate\":false", first, StringComparison.Ordinal);
        Assert.Equal(first.Replace("false", "true", StringComparison.Ordinal), second);
    }

    [Fact]
    public async Task User_BannedOrWithRevokedTokens_IsRefusedOverHttp()
    {
        await using var server = await EdgeServer.StartAsync();
        var users = server.Services.GetRequiredService<IUsers>();
        await users.Get(UserId.Parse("banned")).BanAsync(new Ban(null, "spam", "$test"), default);
        await users.Get(UserId.Parse("revoked")).RevokeTokensAsync(DateTimeOffset.UtcNow.AddMinutes(1), default);

        await HttpTestServer.RefusedAsync(await PublishAsync(server, "banned"), 403, "forbidden");
        await HttpTestServer.RefusedAsync(await PublishAsync(server, "revoked"), 401, "unauthenticated");
        await HttpTestServer.AcceptedAsync(await PublishAsync(server, "alice"));
    }

    [Fact]
    public async Task Revoke_ByAServer_TakesTheRightAtOnce()
    {
        await using var server = await EdgeServer.StartAsync(static services =>
            services.Configure<List<ApiKeyOptions>>(static keys => keys.Add(new ApiKeyOptions
            {
                Name = "backend",
                Sha256 = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(HttpTestServer.ApiKey))),
            })));
        await HttpTestServer.AcceptedAsync(await PublishAsync(server, "alice"));
        var revoke = HttpTestServer.Request(
            HttpMethod.Post, "/v1/revoke", """{"channel":"chat:room","user":"alice","rights":["publish"]}""");
        revoke.Headers.Add("X-Api-Key", HttpTestServer.ApiKey);
        using var http = new HttpClient { BaseAddress = server.Address };
        await HttpTestServer.AcceptedAsync(await http.SendAsync(revoke));

        await HttpTestServer.RefusedAsync(await PublishAsync(server, "alice"), 403, "forbidden");
        await HttpTestServer.AcceptedAsync(await PublishAsync(server, "bob"));
    }

    private static async Task<HttpResponseMessage> PublishAsync(EdgeServer server, string user)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        var request = HttpTestServer.Request(HttpMethod.Post, "/v1/publish", Publication);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", EdgeServer.Token(user));
        request.Headers.Add("Idempotency-Key", "m1");
        return await http.SendAsync(request);
    }
}
