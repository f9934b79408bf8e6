using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Testing;
using Xunit.Abstractions;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>A server that is killed under many clients of both SDKs, and started again.</summary>
/// <remarks>
/// The environment variable <see cref="ClientsVariable"/> makes it more than the 60 clients of the suite; <see cref="ResultVariable"/>
/// names a file that is to record when their attempts came.
/// </remarks>
[Collection(ServerProcesses.Name)]
public sealed class SdkStormTests(ITestOutputHelper output)
{
    private const string ClientsVariable = "ORLEANSREALTIME_SDK_STORM_CLIENTS";
    private const string ResultVariable = "ORLEANSREALTIME_SDK_STORM_RESULT";
    private const int BucketMs = 100;

    // The first attempts fall evenly into 500 ms, five buckets, and are at most half of all, since each client needs some until the server
    // is back: a tenth in one bucket, and of 60 clients a fifth in one run of a hundred. A fleet without jitter puts a third or more into one.
    private const double MaxShareOfABucket = 0.25;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

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

        var storm = StormOf(attempts.Select(at => Stopwatch.GetElapsedTime(killedAt, at)), seed, readyAfter, backAfter);
        output.WriteLine(JsonSerializer.Serialize(storm));
        if (Environment.GetEnvironmentVariable(ResultVariable) is { Length: > 0 } path)
        {
            await File.WriteAllTextAsync(path, JsonSerializer.Serialize(storm, Indented) + "\n");
        }

        Assert.True(
            storm.LargestShare <= MaxShareOfABucket, $"{storm.LargestShare:P0} of {storm.Attempts} attempts came within {BucketMs} ms.");
    }

    private static Storm StormOf(IEnumerable<TimeSpan> attempts, int seed, TimeSpan readyAfter, TimeSpan backAfter)
    {
        var counts = attempts.CountBy(static after => (int)(after.TotalMilliseconds / BucketMs)).ToDictionary();
        var buckets = Enumerable.Range(0, counts.Keys.Max() + 1).Select(bucket => counts.GetValueOrDefault(bucket)).ToArray();
        return new Storm(
            Clients / 2 * 2,
            seed,
            Environment.ProcessorCount,
            Math.Round(readyAfter.TotalSeconds, 1),
            Math.Round(backAfter.TotalSeconds, 1),
            buckets.Sum(),
            Math.Round((double)buckets.Max() / buckets.Sum(), 3),
            BucketMs,
            buckets);
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

    /// <summary>When clients tried to come back. Times count from the kill.</summary>
    /// <param name="Clients">How many, half of them of each SDK.</param>
    /// <param name="Seed">What their jitter was made from.</param>
    /// <param name="Cores">How many cores the clients and the server shared.</param>
    /// <param name="ReadyAfterSeconds">When the server took connections again.</param>
    /// <param name="AllBackAfterSeconds">When the last client was subscribed and had what it missed.</param>
    /// <param name="Attempts">Connections to the server's address.</param>
    /// <param name="LargestShare">The largest share of the attempts that came within one bucket.</param>
    /// <param name="BucketMs">The length of a bucket.</param>
    /// <param name="AttemptsPerBucket">How many came in each.</param>
    private sealed record Storm(
        int Clients,
        int Seed,
        int Cores,
        double ReadyAfterSeconds,
        double AllBackAfterSeconds,
        int Attempts,
        double LargestShare,
        int BucketMs,
        IReadOnlyList<int> AttemptsPerBucket);
}
