using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Testing;
using Xunit.Abstractions;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>A server that is killed under many clients of both SDKs, and started again.</summary>
/// <remarks>The environment variable <see cref="ClientsVariable"/> makes it more than the 60 clients of the suite.</remarks>
[Collection(ServerProcesses.Name)]
public sealed class SdkStormTests(ITestOutputHelper output)
{
    private const string ClientsVariable = "ORLEANSREALTIME_SDK_STORM_CLIENTS";
    private const int BucketMs = 100;

    // The first attempts fall evenly into 500 ms, five buckets; a fleet that comes back at once puts more than half into one. A busy
    // machine may run several buckets' timers together.
    private const double MaxShareOfABucket = 0.5;

    private static int Clients => int.TryParse(
        Environment.GetEnvironmentVariable(ClientsVariable), CultureInfo.InvariantCulture, out var clients) ? clients : 60;

    [SdkTheory]
    [InlineData(20)]
    public async Task ServerKilledAndStartedAgain_AllComeBackSpreadOut_AndMissNothing(int channelsOfEach)
    {
        var seed = Seeds.Next(output.WriteLine);
        var attempts = new ConcurrentQueue<long>();
        await using var bench = await SdkBench.StartAsync(onAccepted: () => attempts.Enqueue(Stopwatch.GetTimestamp()));
        var half = Clients / 2;
        var channels = Enumerable.Range(0, 2 * channelsOfEach).Select(static number => $"catchup:{number}").ToArray();
        await using var dotNet = await bench.StartFleetAsync(Sdk.DotNet, half, writers: 0, paceMs: 1000, seed, channels[..channelsOfEach]);
        await using var node = await bench.StartFleetAsync(Sdk.Node, half, writers: 0, paceMs: 1000, seed, channels[channelsOfEach..]);
        IFleet[] fleets = [dotNet, node];
        await UntilAllAsync(fleets, "all are live", report => report.Live == half);
        await PublishAsync(bench, channels, 0);
        await UntilAllAsync(fleets, "all have heard the first", report => report.Heard == half);

        attempts.Clear();
        var killedAt = Stopwatch.GetTimestamp();
        await bench.Server.KillAsync();
        await bench.Server.StartAsync();
        var readyAfter = Stopwatch.GetElapsedTime(killedAt);

        // Most are not back yet, so this is what they missed.
        await PublishAsync(bench, channels, 1);
        await UntilAllAsync(fleets, "all are back", report => report.Live == half && report.Heard == 2 * half);
        var backAfter = Stopwatch.GetElapsedTime(killedAt);
        await PublishAsync(bench, channels, 2);
        await UntilAllAsync(fleets, "all have heard the last", report => report.Heard == 3 * half);

        var buckets = attempts
            .CountBy(at => (int)(Stopwatch.GetElapsedTime(killedAt, at).TotalMilliseconds / BucketMs))
            .OrderBy(static bucket => bucket.Key).ToArray();
        output.WriteLine($"{2 * half} clients; ready after {readyAfter.TotalSeconds:F1} s, all back after {backAfter.TotalSeconds:F1} s");
        output.WriteLine(Histogram(buckets));
        var share = (double)buckets.Max(static bucket => bucket.Value) / attempts.Count;
        Assert.True(share <= MaxShareOfABucket, $"{share:P0} of {attempts.Count} attempts came within {BucketMs} ms.");
    }

    private static async Task PublishAsync(SdkBench bench, IEnumerable<string> channels, int number)
    {
        foreach (var channel in channels)
        {
            await bench.PublishAsync(channel, number);
        }
    }

    private static async Task UntilAllAsync(IFleet[] fleets, string what, Func<FleetReport, bool> isSo)
    {
        foreach (var fleet in fleets)
        {
            await SdkBench.UntilAsync(fleet, what, isSo);
        }
    }

    private static string Histogram(IReadOnlyCollection<KeyValuePair<int, int>> buckets) =>
        $"attempts: {buckets.Sum(static bucket => bucket.Value)}, at most {buckets.Max(static bucket => bucket.Value)} within {BucketMs} ms; "
        + string.Join(' ', buckets.Select(static bucket => $"{bucket.Key * BucketMs}ms:{bucket.Value}"));
}
