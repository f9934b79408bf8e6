using System.Diagnostics;

namespace OrleansRealtime.LoadTest.Scenarios;

/// <summary>What connections cost by being made and by being there.</summary>
internal static class Connections
{
    private const int PerChannel = 100;

    /// <summary>Many connections, each authenticated and subscribed, that do nothing.</summary>
    public static async Task IdleAsync(Trial trial)
    {
        var count = trial.Settings.Connections;

        // What the server grows by once, whoever connects, is not the price of a connection.
        await trial.Load.JoinAsync(200, ChannelOf);
        await Task.Delay(TimeSpan.FromSeconds(2));
        var before = trial.Usage;
        await trial.Load.JoinAsync(count - 200, ChannelOf);
        await Task.Delay(TimeSpan.FromSeconds(5));
        var connected = trial.Usage;
        trial.Figures["server bytes per connection"] = (double)(connected.ResidentBytes - before.ResidentBytes) / (count - 200);
        trial.Figures["kernel bytes per connection"] = (double)(connected.KernelBytes - before.KernelBytes) / (count - 200);

        // Longer than the interval of heartbeats, so that each is in it at least once.
        var idle = TimeSpan.FromSeconds(Math.Max(trial.Settings.Seconds, 30));
        await Task.Delay(idle);
        trial.Figures["server µs per connection and second"] =
            (trial.Usage.Cpu - connected.Cpu).TotalMicroseconds / count / idle.TotalSeconds;
    }

    /// <summary>Many connections at once, each with its token and one subscription.</summary>
    public static async Task StormAsync(Trial trial)
    {
        var count = trial.Settings.Connections;
        var (before, watch) = (trial.Usage, Stopwatch.StartNew());
        await trial.Load.JoinAsync(count, ChannelOf, concurrency: 1000);
        trial.Figures["connects per second"] = count / watch.Elapsed.TotalSeconds;
        trial.Figures["server µs per connect"] = (trial.Usage.Cpu - before.Cpu).TotalMicroseconds / count;
        await trial.Load.InLoopAsync(() => trial.Figures["connect p99 ms"] = trial.Load.Joins.Microseconds(0.99) / 1000);
    }

    private static string ChannelOf(int client) => $"chat:room{client / PerChannel}";
}
