using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Reporting;
using OrleansRealtime.LoadTest.Scenarios;

namespace OrleansRealtime.LoadTest.Durable;

/// <summary>
/// What a durable publish costs: publishers over WebSockets against the server, and in turn with them a bare loop of inserts into
/// the same tables, with as many rows in a transaction as the server's group commit came to. In the end the server is killed, and
/// whatever it acknowledged must be in the table.
/// </summary>
internal static class DurableScenario
{
    private const int InFlight = 256;
    private static readonly TimeSpan WarmUpOfBareLoop = TimeSpan.FromSeconds(2);

    /// <summary>On a PostgreSQL server of its own that flushes what it commits.</summary>
    public static async Task OnPostgreSqlAsync(Trial trial) => await RunAsync(trial, await PostgreSqlTarget.StartAsync());

    /// <summary>Runs it on a store, which goes with the run.</summary>
    public static async Task RunAsync(Trial trial, DurableTarget target)
    {
        await using var store = target;
        await trial.StartAsync(store.Store);

        // They subscribe to what nobody publishes, so that nothing but acknowledgements comes back.
        await trial.Load.JoinAsync(Level.All.Max(static level => level.Connections), static _ => "notifications:none");
        var results = await MeasureAsync(trial, store);
        await trial.Load.InLoopAsync(() => trial.Load.Clients.ForEach(static client => client.Close()));
        await trial.KillAsync();

        var stored = await store.ReadAsync();
        trial.Load.CountLost(results.Sum(result => result.CountMissing(stored)));
        foreach (var (name, value) in results.Skip(1).SelectMany(static result => result.Figures()))
        {
            trial.Figures[name] = value;
        }

        trial.Figures[Figure.ShareOfBareRate] =
            results.Skip(1).Where(static result => result.Level.Total == InFlight).Min(static result => result.ShareOfBareRate);
    }

    /// <summary>What the levels came to; the first is the warm-up, of which only what it lost is of interest.</summary>
    private static async Task<IReadOnlyList<LevelResult>> MeasureAsync(Trial trial, DurableTarget target)
    {
        await using var bare = await target.OpenBareLoopAsync(trial.Settings.PayloadBytes);
        var durable = new DurableTrial(trial, bare);
        var many = Level.All.First(static level => level.Total == InFlight);
        var results = new List<LevelResult> { new(many, hasIds: true) };
        await durable.PublishAsync(trial.Peer.WarmUp, results[0]);
        await bare.RunAsync(rowsPerTransaction: 100, many, hasIds: true, WarmUpOfBareLoop);
        foreach (var hasIds in new[] { true, false })
        {
            foreach (var level in Level.All)
            {
                results.Add(await durable.MeasureAsync(level, hasIds));
                Console.Error.WriteLine("  " + Report.Line(results[^1].Figures()));
            }
        }

        return results;
    }
}
