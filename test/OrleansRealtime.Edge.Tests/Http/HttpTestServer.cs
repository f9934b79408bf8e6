using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Http;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.Tests.Authentication;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.Http;

/// <summary>The HTTP API on a real Kestrel, over channels and users that a test steers.</summary>
internal sealed class HttpTestServer : IAsyncDisposable
{
    public const string ApiKey = "backend-key";

    private readonly WebApplication _app;

    private HttpTestServer(WebApplication app, FakeChannels channels, FakeUsers users, ManualTimeProvider clock, LogGuard log)
    {
        _app = app;
        Channels = channels;
        Users = users;
        Clock = clock;
        Log = log;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public FakeChannels Channels { get; }

    public FakeUsers Users { get; }

    public ManualTimeProvider Clock { get; }

    public LogGuard Log { get; }

    public HttpClient Client { get; }

    public string Origin => Client.BaseAddress!.GetLeftPart(UriPartial.Authority);

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<HttpTestServer> StartAsync(
        Action<EdgeOptions>? edge = null,
        Action<AuthenticationOptions>? authentication = null,
        Action<LimitOptions>? limits = null,
        Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var clock = new ManualTimeProvider();
        var log = new LogGuard();
        var channels = new FakeChannels();
        var users = new FakeUsers();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IChannels>(channels);
        builder.Services.AddSingleton<IChannelPolicies>(channels);
        builder.Services.AddSingleton<IUsers>(users);
        builder.Services.Configure<AuthenticationOptions>(options =>
        {
            options.Keys.Add(TestTokens.Options().Keys[0]);
            authentication?.Invoke(options);
        });
        builder.Services.Configure<EdgeOptions>(options => edge?.Invoke(options));
        builder.Services.Configure<LimitOptions>(options => limits?.Invoke(options));
        builder.Services.Configure<List<ApiKeyOptions>>(keys => keys.Add(new ApiKeyOptions
        {
            Name = "backend",
            Sha256 = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(ApiKey))),
        }));
        services?.Invoke(builder.Services);
        builder.Services.AddRealtimeHttp();
        var app = builder.Build();
        HttpRoutes.Map(app.MapGroup("/v1"));
        await app.StartAsync();
        return new HttpTestServer(app, channels, users, clock, log);
    }

    /// <summary>A token of a user with these capabilities as JSON.</summary>
    public string Token(string user = "alice", string caps = "{}") => TestTokens.Hs256(
        $$"""{"sub":"{{user}}","iat":{{Clock.Now.ToUnixTimeSeconds()}},"exp":{{Clock.Now.AddHours(1).ToUnixTimeSeconds()}},"caps":{{caps}}}""");

    public static HttpRequestMessage Request(HttpMethod method, string path, string? body = null) => new(method, path)
    {
        Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
    };

    public Task<HttpResponseMessage> SendAsServerAsync(HttpMethod method, string path, string? body = null)
    {
        var request = Request(method, path, body);
        request.Headers.Add("X-Api-Key", ApiKey);
        return Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> SendAsync(string? token, HttpMethod method, string path, string? body = null)
    {
        var request = Request(method, path, body);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return Client.SendAsync(request);
    }

    /// <summary>Asserts a problem with this status and code.</summary>
    public static async Task<JsonElement> RefusedAsync(HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    public static async Task<string> AcceptedAsync(HttpResponseMessage response, int status = 200)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {text}");
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Log.Verify();
        Log.Dispose();
    }
}
