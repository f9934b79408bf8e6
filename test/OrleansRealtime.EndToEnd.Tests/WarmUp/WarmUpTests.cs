using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.EndToEnd.Tests.Metrics;
using OrleansRealtime.Server.WarmUp;
using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.EndToEnd.Tests.WarmUp;

/// <summary>A server that warms up is afterwards as if it had not, but for one line in its log.</summary>
public class WarmUpTests
{
    private const int WarmedUp = 5060;

    // Without the console, which opens a channel when it is ready.
    private static readonly ServerSettings Quiet = ServerSettings.InMemory.With("Console:Enabled", "false");

    [Fact]
    public async Task WarmUp_OfAServer_LeavesNothingBehindButALineInTheLog()
    {
        var (coldLog, coldMetrics) = await TracesAsync(Quiet.With("WarmUp:Enabled", "false"));
        var (log, metrics) = await TracesAsync(Quiet.With("WarmUp:Enabled", "true").With("WarmUp:TimeLimit", "00:00:30"));

        Assert.Equal(coldLog, log.Where(static id => id != WarmedUp));
        Assert.Contains(WarmedUp, log);
        Assert.Equal(coldMetrics, metrics);
        Assert.Equal(0, metrics["orleansrealtime_edge_channels"]);
    }

    [Fact]
    public void WarmUp_OfAServerThatIsBuiltForTests_IsNotWanted() => Assert.False(new WarmUpOptions().IsWanted);

    [Fact]
    public void Meters_OfARehearsal_HaveANameOfTheirOwn()
    {
        using var meters = new RehearsalMeters();

        var meter = meters.Create(new System.Diagnostics.Metrics.MeterOptions("orleansrealtime.edge"));

        Assert.Equal(RehearsalMeters.MeterName, meter.Name);
        Assert.Same(meters, meter.Scope);
    }

    private static async Task<(IReadOnlyList<int> Log, IReadOnlyDictionary<string, double> Metrics)> TracesAsync(ServerSettings settings)
    {
        await using var server = await TestServer.StartAsync(settings);
        using var http = new HttpClient { BaseAddress = server.Address };
        var page = PrometheusPage.Parse(await http.GetStringAsync(new Uri("/metrics", UriKind.Relative)));
        return (
            [.. server.Logs.Entries
                .Where(static entry => entry.Category.StartsWith("OrleansRealtime", StringComparison.Ordinal))
                .Select(static entry => entry.Event.Id)
                .Order()],
            page.Samples.Where(static sample => sample.Key.StartsWith("orleansrealtime_", StringComparison.Ordinal)).ToDictionary());
    }
}
