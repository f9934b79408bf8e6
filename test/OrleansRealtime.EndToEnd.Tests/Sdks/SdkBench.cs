using System.Diagnostics;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.Servers;
using Xunit.Sdk;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>A real server in a process of its own, a line to it that can be disturbed, and the desk that gives tokens.</summary>
internal sealed class SdkBench : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _server;
    private FaultProxy? _proxy;
    private TokenDesk? _desk;

    public ServerProcess Server => _server!;

    public FaultProxy Proxy => _proxy!;

    public TokenDesk Desk => _desk!;

    public Uri Line => new($"http://127.0.0.1:{Proxy.Port}");

    /// <summary>Starts all three.</summary>
    /// <param name="change">What is to be different in the server's settings.</param>
    /// <param name="onAccepted">Called at each connection to the line.</param>
    public static async Task<SdkBench> StartAsync(Func<ServerSettings, ServerSettings>? change = null, Action? onAccepted = null)
    {
        var bench = new SdkBench();
        try
        {
            bench._desk = await TokenDesk.StartAsync();
            var settings = ServerSettings.Sqlite(bench._folder.Path)
                .With("Edge:AllowedOrigins:0", bench.Desk.Page.GetLeftPart(UriPartial.Authority))
                .With("Limits:ConnectionsPerIp", 0);
            bench._server = await ServerProcess.StartAsync(change?.Invoke(settings) ?? settings);
            bench._proxy = new FaultProxy(bench.Server.Address.Port) { OnAccepted = onAccepted };
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    public async Task<IFleet> StartFleetAsync(Sdk sdk, int readers, int writers, int paceMs, int seed, params string[] channels)
    {
        var options = new FleetOptions(Line, Desk.Tokens, sdk.ToString(), channels, readers, writers, paceMs, seed);
        return sdk switch
        {
            Sdk.DotNet => DotNetFleet.Start(options),
            Sdk.Node => await NodeFleet.StartAsync(options, _folder.Path),
            Sdk.Chromium => await BrowserFleet.StartAsync(options, Desk, _folder.Path),
            _ => throw new ArgumentOutOfRangeException(nameof(sdk)),
        };
    }

    /// <summary>Publishes as the backend.</summary>
    public async Task PublishAsync(string channel, int number)
    {
        using var http = new HttpClient { BaseAddress = Server.Address };
        http.DefaultRequestHeaders.Add("X-Api-Key", ServerSettings.ApiKey);
        using var body = new StringContent($$"""{"channel":"{{channel}}","data":{{number}}}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri("/v1/publish", UriKind.Relative), body);
        Assert.True(response.IsSuccessStatusCode, $"{channel}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>Waits until a fleet stands as it should. Fails at once at a fault.</summary>
    public static async Task<FleetReport> UntilAsync(IFleet fleet, string what, Func<FleetReport, bool> isSo)
    {
        var clock = Stopwatch.StartNew();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var report = await fleet.AskAsync();
            Assert.Empty(report.Faults);
            if (isSo(report))
            {
                return report;
            }

            if (clock.Elapsed > Patience)
            {
                throw new XunitException($"Not within {Patience.TotalSeconds} s: {what}. {report}, published {report.Published.Values.Sum()}.");
            }

            await pace.WaitForNextTickAsync();
        }
    }

    /// <summary>Ends the writing of a fleet, and waits until all that it began is acknowledged.</summary>
    public static async Task<FleetReport> StopAsync(IFleet fleet)
    {
        try
        {
            return await fleet.StopAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            var report = await fleet.AskAsync();
            throw new XunitException(
                $"Not within {Patience.TotalSeconds} s: all publishes are acknowledged. {report}, published "
                + $"{report.Published.Values.Sum()}; {string.Join("; ", report.Faults)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_desk is not null)
        {
            await _desk.DisposeAsync();
        }

        _folder.Dispose();
    }
}
