using System.Diagnostics;
using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Peers;
using OrleansRealtime.LoadTest.Wire;

namespace OrleansRealtime.LoadTest.Scenarios;

/// <summary>What connections cost by being made and by being there.</summary>
internal static class Connections
{
    private const int PerChannel = 100;
    private const int First = 200;
    private const int Rehearsed = 3000;

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

    /// <summary>
    /// Many connections at once to a server that has just been started, each with its token and one subscription; then, when all
    /// of them are gone, as many of other users to other channels: a server that has seen a storm before. How long the server
    /// took to start is a figure of its own, since what it does then it need not do later.
    /// </summary>
    public static async Task StormAsync(Trial trial)
    {
        await RehearseAsync(trial);
        var watch = Stopwatch.StartNew();
        await trial.StartAsync(Store.None);
        trial.Figures[Figure.ServerReady] = watch.Elapsed.TotalSeconds;
        var first = await WaveAsync(trial, Figure.ConnectsPerSecond, Figure.CpuPerConnect);
        await trial.Load.InLoopAsync(() =>
        {
            trial.Figures[Figure.Connect99] = trial.Load.Joins.Microseconds(0.99) / 1000;
            foreach (var client in first)
            {
                client.Close();
            }
        });
        await UntilQuietAsync(trial);
        await WaveAsync(trial, Figure.WarmConnectsPerSecond, Figure.CpuPerWarmConnect);
    }

    // The load is compiled too while it first runs, which is no part of what a server takes: a server that nobody measures sees that.
    private static async Task RehearseAsync(Trial trial)
    {
        await trial.StartAsync(Store.None);
        var clients = trial.Load.Add(Rehearsed, ChannelOf);
        await trial.Load.ConnectAsync(clients, concurrency: 1000);
        await trial.Load.InLoopAsync(() =>
        {
            trial.Load.Joins.Clear();
            foreach (var client in clients)
            {
                client.Close();
            }
        });
        await trial.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
    }

    private static async Task<IReadOnlyList<LoadClient>> WaveAsync(Trial trial, string perSecond, string cpuEach)
    {
        var clients = trial.Load.Add(trial.Settings.Connections, ChannelOf);
        var (before, watch) = (trial.Usage, Stopwatch.StartNew());
        await trial.Load.ConnectAsync(clients, concurrency: 1000);
        trial.Figures[perSecond] = clients.Count / watch.Elapsed.TotalSeconds;
        trial.Figures[cpuEach] = (trial.Usage.Cpu - before.Cpu).TotalMicroseconds / clients.Count;
        return clients;
    }

    // What the end of the first wave costs is not to be counted as the second's: a tenth of a core is what idling may take.
    private static async Task UntilQuietAsync(Trial trial)
    {
        for (var (waited, before) = (Stopwatch.StartNew(), trial.Usage.Cpu); waited.Elapsed < TimeSpan.FromSeconds(20);)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            var now = trial.Usage.Cpu;
            if (now - before < TimeSpan.FromSeconds(0.1))
            {
                return;
            }

            before = now;
        }
    }

    private static string ChannelOf(int client) => $"chat:room{client / PerChannel}";
}
