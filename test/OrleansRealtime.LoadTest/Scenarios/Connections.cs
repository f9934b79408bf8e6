using System.Diagnostics;
using OrleansRealtime.LoadTest.Measuring;

namespace OrleansRealtime.LoadTest.Scenarios;

/// <summary>What connections cost by being made and by being there.</summary>
internal static class Connections
{
    private const int PerChannel = 100;
    private const int First = 200;

    /// <summary>Many connections, each authenticated and subscribed, that do nothing.</summary>
    public static async Task IdleAsync(Trial trial)
    {
        var count = trial.Settings.Connections;

        // What the server grows by once, whoever connects, is not the price of a connection.
        await trial.Load.JoinAsync(First, ChannelOf);
        await Task.Delay(TimeSpan.FromSeconds(2));
        var before = trial.Usage;
        await trial.Load.JoinAsync(count - First, ChannelOf);
        await Task.Delay(TimeSpan.FromSeconds(5));
        var connected = trial.Usage;
        trial.Figures[Figure.ServerBytes] = (double)(connected.ResidentBytes - before.ResidentBytes) / (count - First);
        trial.Figures[Figure.KernelBytes] = (double)(connected.KernelBytes - before.KernelBytes) / (count - First);

        // Longer than the interval of heartbeats, so that each is in it at least once.
        var idle = TimeSpan.FromSeconds(30);
        await Task.Delay(idle);
        trial.Figures[Figure.CpuIdle] = (trial.Usage.Cpu - connected.Cpu).TotalMicroseconds / count / idle.TotalSeconds;
    }

    /// <summary>Many connections at once to a server that has just been started, each with its token and one subscription.</summary>
    public static async Task StormAsync(Trial trial)
    {
        var clients = trial.Load.Add(trial.Settings.Connections, ChannelOf);
        var (before, watch) = (trial.Usage, Stopwatch.StartNew());
        await trial.Load.ConnectAsync(clients, concurrency: 1000);
        trial.Figures[Figure.ConnectsPerSecond] = clients.Count / watch.Elapsed.TotalSeconds;
        trial.Figures[Figure.CpuPerConnect] = (trial.Usage.Cpu - before.Cpu).TotalMicroseconds / clients.Count;
        await trial.Load.InLoopAsync(() => trial.Figures[Figure.Connect99] = trial.Load.Joins.Microseconds(0.99) / 1000);
    }

    private static string ChannelOf(int client) => $"chat:room{client / PerChannel}";
}
