using System.Diagnostics;
using System.Globalization;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Testing;
using Xunit.Abstractions;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>Both SDKs against the real server, over a line that delays, cuts, half-closes, stalls, throttles and refuses at random.</summary>
/// <remarks>The environment variable <see cref="SecondsVariable"/> makes it last longer than the 10 seconds of the suite.</remarks>
[Collection(ServerProcesses.Name)]
public sealed class SdkFaultTests(ITestOutputHelper output)
{
    private const string SecondsVariable = "ORLEANSREALTIME_SDK_FAULT_SECONDS";
    private const int Readers = 4;
    private const int Writers = 3;

    private static TimeSpan Duration => TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable(SecondsVariable), CultureInfo.InvariantCulture, out var seconds) ? seconds : 10);

    [SdkTheory]
    [InlineData(Sdk.DotNet)]
    [InlineData(Sdk.Node)]
    [InlineData(Sdk.Chromium)]
    public async Task Publications_OverALineThatFailsAtRandom_ArriveOnceAndInOrder(Sdk sdk)
    {
        var seed = Seeds.Next(output.WriteLine);
        await using var bench = await SdkBench.StartAsync();
        await using var fleet = await bench.StartFleetAsync(sdk, Readers, Writers, paceMs: 40, seed, "catchup:a", "catchup:b");
        await SdkBench.UntilAsync(fleet, "all are live", static report => report.Live == Readers);

        var done = await DisturbAsync(bench.Proxy, new Random(seed));
        var stopped = await SdkBench.StopAsync(fleet);

        // Readers take the channels in turn, so each channel has as many.
        var published = stopped.Published.Values.Sum();
        var report = await SdkBench.UntilAsync(
            fleet,
            "all has arrived and all are back",
            now => now.Heard >= published * Readers / 2 && now.Connected == Readers + Writers && now.Live == Readers);
        output.WriteLine($"{sdk}, {Duration.TotalSeconds} s: {published} published, {report.Heard} heard, {report.Returns} returns; {done}");
        Assert.Equal(published * Readers / 2, report.Heard);
        Assert.True(published > 0 && report.Returns > 0, "Nothing was disturbed.");
    }

    private static async Task<string> DisturbAsync(FaultProxy proxy, Random random)
    {
        var counts = new SortedDictionary<string, int>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Duration)
        {
            var name = Disturb(proxy, random);
            counts[name] = counts.GetValueOrDefault(name) + 1;
            await Task.Delay(random.Next(100, 1200));
        }

        proxy.Cut();
        Heal(proxy);
        return string.Join(", ", counts.Select(static pair => $"{pair.Value} {pair.Key}"));
    }

    private static string Disturb(FaultProxy proxy, Random random)
    {
        // Each fault lasts until the next thing happens: a line that stays slow carries less than is written.
        Heal(proxy);
        switch (random.Next(8))
        {
            case 0 or 1:
                proxy.Cut();
                return "cuts";
            case 2:
                proxy.HalfCloseToServer();
                return "half-closes";
            case 3:
                proxy.Delay = TimeSpan.FromMilliseconds(random.Next(1, 30));
                return "delays";
            case 4:
                proxy.PieceBytes = random.Next(50, 500);
                return "throttles";
            case 5:
                proxy.StallToClient();
                return "stalls to the client";
            case 6:
                proxy.StallToServer();
                return "stalls to the server";
            default:
                proxy.IsRefusing = true;
                proxy.Cut();
                return "refusals";
        }
    }

    private static void Heal(FaultProxy proxy)
    {
        proxy.IsRefusing = false;
        proxy.Delay = TimeSpan.Zero;
        proxy.PieceBytes = 16 * 1024;
        proxy.Resume();
    }
}
