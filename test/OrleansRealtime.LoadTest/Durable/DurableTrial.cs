using System.Diagnostics;
using OrleansRealtime.LoadTest.Scenarios;

namespace OrleansRealtime.LoadTest.Durable;

/// <summary>One server, its publishers, and the bare loop beside it.</summary>
internal sealed class DurableTrial(Trial trial, BareLoop bare)
{
    private const string Batches = "orleansrealtime_storage_append_batch";

    // Both take turns, so that what else the machine has to do falls on both.
    private const int Turns = 4;

    /// <summary>Measures the server and, with as many rows in a transaction, the bare loop, in turns.</summary>
    public async Task<LevelResult> MeasureAsync(Level level, bool hasIds)
    {
        var duration = TimeSpan.FromSeconds(trial.Settings.Seconds / Turns);
        var result = new LevelResult(level, hasIds);
        for (var turn = 0; turn < Turns; turn++)
        {
            await PublishAsync(duration, result);
            var rows = Math.Max(1, (int)Math.Round(result.RowsPerTransaction));
            result.AddBare(await bare.RunAsync(rows, level, hasIds, duration), duration);
        }

        return result;
    }

    /// <summary>Publishes for a while.</summary>
    public async Task PublishAsync(TimeSpan duration, LevelResult result)
    {
        var publishers = new AckedPublishers(trial.Load, trial.Settings.PayloadBytes, result);
        var (publications, transactions) = await CountAsync();
        var (cpu, watch) = (trial.Usage.Cpu, Stopwatch.StartNew());
        await publishers.RunAsync(duration);
        result.Add(watch.Elapsed, trial.Usage.Cpu - cpu);
        var after = await CountAsync();
        result.AddTransactions(after.Publications - publications, after.Transactions - transactions);
    }

    private async Task<(double Publications, double Transactions)> CountAsync() =>
        (await trial.Server.CountedAsync(Batches + "_sum"), await trial.Server.CountedAsync(Batches + "_count"));
}
