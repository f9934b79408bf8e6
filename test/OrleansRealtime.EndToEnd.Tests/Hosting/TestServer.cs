using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Server;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.EndToEnd.Tests.Hosting;

/// <summary>The composed server in this process, on a free port. Fails at disposal when it logged an Error that no test expected.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app, LogGuard logs, Uri address)
    {
        _app = app;
        Logs = logs;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>What it logged.</summary>
    public LogGuard Logs { get; }

    /// <summary>Its parts.</summary>
    public IServiceProvider Services => _app.Services;

    public static async Task<TestServer> StartAsync(ServerSettings settings)
    {
        string[] args =
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", "--Logging:LogLevel:OrleansRealtime=Debug",
            .. settings.Values.Select(static pair => $"--{pair.Key}={pair.Value}"),
        ];
        var app = ServerApp.Create(args);
        var logs = new LogGuard();
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(logs);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new TestServer(app, logs, new Uri(addresses.Single()));
    }

    /// <summary>Waits until something was logged that contains a text.</summary>
    public Task WhenLoggedAsync(string text) =>
        Logs.WhenLogged(entry => entry.Message.Contains(text, StringComparison.Ordinal)).WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Sends one request with the API key of the tests.</summary>
    public async Task<(int Status, string Body)> PostAsync(string path, string json)
    {
        using var http = new HttpClient { BaseAddress = Address };
        http.DefaultRequestHeaders.Add("X-Api-Key", ServerSettings.ApiKey);
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        // No grace: tests of draining stop the server themselves.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        Logs.Verify();
    }
}
