using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Edge.Tests.Authentication;

/// <summary>An identity provider's JWKS address on a real Kestrel, whose answer a test changes.</summary>
internal sealed class JwksServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private JwksServer(WebApplication app) => _app = app;

    /// <summary>What it answers; null for 503.</summary>
    public string? Body { get; set; }

    /// <summary>When set, requests wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Requests => Volatile.Read(ref _requests);

    public Uri Address => new(new Uri(_app.Urls.First()), "/keys");

    public static async Task<JwksServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new JwksServer(app);
        app.MapGet("/keys", server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public static string Rsa(RSA key, string kid)
    {
        var parameters = key.ExportParameters(false);
        return $$"""
            {"kty":"RSA","use":"sig","kid":"{{kid}}","n":"{{Base64Url.EncodeToString(parameters.Modulus)}}",
             "e":"{{Base64Url.EncodeToString(parameters.Exponent)}}"}
            """;
    }

    public static string Ec(ECDsa key, string kid)
    {
        var point = key.ExportParameters(false).Q;
        return $$"""
            {"kty":"EC","crv":"P-256","alg":"ES256","kid":"{{kid}}","x":"{{Base64Url.EncodeToString(point.X)}}",
             "y":"{{Base64Url.EncodeToString(point.Y)}}"}
            """;
    }

    public static string Set(params string[] keys) => $$"""{"keys":[{{string.Join(',', keys)}}]}""";

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> AnswerAsync()
    {
        Interlocked.Increment(ref _requests);
        await Gate;
        return Body is null ? Results.StatusCode(503) : Results.Text(Body, "application/json");
    }
}
