using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>Hands out tokens as an application does, and an empty page for browsers. Safe for concurrent use.</summary>
internal sealed class TokenDesk : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _given;
    private int _toRefuse;
    private int _refused;

    private TokenDesk(WebApplication application) => _application = application;

    public Uri Page => new(_application.Urls.First());

    public Uri Tokens => new(Page, "/token");

    /// <summary>How long its tokens are good. Default an hour.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many tokens it gave.</summary>
    public int Given => Volatile.Read(ref _given);

    /// <summary>How many times it refused to.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public static async Task<TokenDesk> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var application = builder.Build();
        var desk = new TokenDesk(application);
        application.MapGet("/", static () => Results.Content("<!doctype html><title>fleet</title>", "text/html"));
        application.MapGet("/token", (string user) => desk.Answer(user));
        await application.StartAsync();
        return desk;
    }

    /// <summary>Answers the next so many questions with 503.</summary>
    public void RefuseNext(int count) => Volatile.Write(ref _toRefuse, count);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private IResult Answer(string user)
    {
        if (Interlocked.Decrement(ref _toRefuse) >= 0)
        {
            Interlocked.Increment(ref _refused);
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        Interlocked.Increment(ref _given);
        return Results.Text(TestTokens.For(user, ("exp", DateTimeOffset.UtcNow.Add(Lifetime).ToUnixTimeSeconds())));
    }
}
