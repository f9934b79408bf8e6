using System.Diagnostics;
using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Peers;
using OrleansRealtime.LoadTest.Wire;

namespace OrleansRealtime.LoadTest.Scenarios;

/// <summary>
/// All clients lose the server at once. While they are away each channel gets 100 more publications, and the server is killed and
/// started again; then all come back with their positions.
/// </summary>
internal static class ResumeStorm
{
    private const int Channels = 10;
    private const int Seen = 20;
    private const int Missed = 100;
    private const string LogReads = "orleansrealtime_storage_log_reads_total";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it on SQLite.</summary>
    public static async Task RunAsync(Trial trial)
    {
        var store = Store.Sqlite(Path.Combine(trial.Directory, "log.db"));
        await trial.StartAsync(store);
        var clients = trial.Load.Add(trial.Settings.Connections, static client => $"chat:load{client % Channels}");
        await trial.Load.ConnectAsync(clients);
        var publishers = trial.Load.Add(Channels, static client => $"chat:load{client % Channels}");
        await trial.Load.ConnectAsync(publishers);
        await PublishAsync(trial, publishers, Seen, trial.Load.Clients);

        await trial.Load.InLoopAsync(() => Close(clients));
        await PublishAsync(trial, publishers, Missed, publishers);
        await trial.Load.InLoopAsync(() => Close(publishers));
        await trial.KillAsync();

        var watch = Stopwatch.StartNew();
        await trial.StartAsync(store);
        trial.Figures[Figure.ServerStart] = watch.Elapsed.TotalSeconds;
        foreach (var client in trial.Load.Clients)
        {
            client.Prepare(resumes: true);
        }

        await ComeBackAsync(trial, clients);
        trial.Figures[Figure.LogReadsPerChannel] = await trial.Server.CountedAsync(LogReads) / Channels;

        // That they are live is seen by what is published now.
        await trial.Load.ConnectAsync(publishers);
        await PublishAsync(trial, publishers, 1, trial.Load.Clients);
    }

    private static async Task ComeBackAsync(Trial trial, IReadOnlyList<LoadClient> clients)
    {
        var (before, watch) = (trial.Usage, Stopwatch.StartNew());
        await trial.Load.ConnectAsync(clients, concurrency: 1000);
        var isWhole = await trial.Load.UntilAllAsync(
            clients, static client => client.IsRecovered && client.Last == client.Channel.Published, Patience);
        trial.Figures[Figure.SecondsUntilLive] = watch.Elapsed.TotalSeconds;
        trial.Figures[Figure.CpuPerResume] = (trial.Usage.Cpu - before.Cpu).TotalMicroseconds / clients.Count;
        trial.Figures[Figure.TimedOut] = isWhole ? 0 : 1;
        await trial.Load.InLoopAsync(() =>
            trial.Figures[Figure.NotWhole] = clients.Count(static client => !client.IsRecovered || client.Received != Missed));
    }

    private static async Task PublishAsync(
        Trial trial, IReadOnlyList<LoadClient> publishers, int count, IReadOnlyList<LoadClient> receivers)
    {
        for (var i = 0; i < count; i++)
        {
            foreach (var publisher in publishers)
            {
                publisher.Publish(Stopwatch.GetTimestamp(), trial.Settings.PayloadBytes);
            }
        }

        // Whoever receives a publication of a durable channel knows that it is in the log.
        if (!await trial.Load.UntilAllAsync(receivers, static client => client.Last == client.Channel.Published, Patience))
        {
            throw new TimeoutException("What was published did not arrive.");
        }
    }

    private static void Close(IReadOnlyList<LoadClient> clients)
    {
        foreach (var client in clients)
        {
            client.Close();
        }
    }
}
