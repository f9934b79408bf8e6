using System.Globalization;
using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Peers;
using OrleansRealtime.LoadTest.Reporting;
using OrleansRealtime.LoadTest.Scenarios;

namespace OrleansRealtime.LoadTest;

/// <summary>The bench: starts each server in turn, round after round, puts the same load on it, and reports medians.</summary>
internal static class Program
{
    private static readonly string Usage = $"""
        usage: ./infra/dev.sh bench [scenario …] [options]
          scenarios: {string.Join(' ', Scenario.All.Select(static scenario => scenario.Group ?? scenario.Name).Distinct())}
                             (default: all)
          --peers a,b        which servers, of {string.Join(',', Peer.All.Select(static peer => peer.Name))}
                             (default: all that the scenario is meant for)
          --rounds n         how often each, in alternation (default 3)
          --seconds s        how long is measured (default 5)
          --payload bytes    how long a payload is, at least 32 (default 128)
          --encoding name    what clients of ours speak: json, protobuf, both (default json)
          --connections n    how many connections the large scenarios open (default 15000)
          --save             write the results to infra/bench
               ./infra/dev.sh bench show infra/bench/<run>.json    write a saved run's report and picture, and show it in README.md
        """;

    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["peer", var kind, var port]:
                await (kind == "signalr" ? SignalRPeer.RunAsync(Number(port)) : KestrelPeer.RunAsync(Number(port)));
                return 0;
            case ["show", var file]:
                var saved = BenchResults.Read(file);
                Describe(saved, file);
                File.WriteAllText(Files.Readme, FirstPage.Show(File.ReadAllText(Files.Readme), saved, Path.GetFileNameWithoutExtension(file)));
                return 0;
        }

        if (BenchArguments.TryParse(args) is not { } asked)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        var run = new BenchResults(DateTimeOffset.UtcNow, Files.Commit(), Machine.Read(), asked.Describe(), []);
        Console.Error.WriteLine($"This takes about {Math.Ceiling(asked.Duration().TotalMinutes)} min on {run.Machine}.");
        await MeasureAsync(asked, run);
        if (asked.IsSaved)
        {
            Describe(run, FileOf(run));
            Console.WriteLine(FileOf(run));
        }

        Console.WriteLine(Report.Bars(run));
        foreach (var fault in run.Faults())
        {
            Console.Error.WriteLine("FAILED " + fault);
        }

        return run.Faults().Count == 0 ? 0 : 1;
    }

    /// <summary>Round after round, so that what changes about a machine in an hour falls on all alike.</summary>
    private static async Task MeasureAsync(BenchArguments asked, BenchResults run)
    {
        for (var round = 0; round < asked.Rounds; round++)
        {
            foreach (var scenario in asked.Scenarios)
            {
                foreach (var peer in asked.PeersOf(scenario))
                {
                    var figures = await RunAsync(scenario, peer, asked.Settings);
                    run.Add(scenario.Name, peer.Name, figures);
                    Console.Error.WriteLine($"{scenario.Name} {peer.Name} round {round + 1}: {Report.Line(figures)}");
                    if (asked.IsSaved)
                    {
                        // Each time, so that a run that is broken off has what it came to.
                        run.Write(FileOf(run));
                    }
                }
            }
        }

        foreach (var scenario in run.Rounds.Keys)
        {
            Console.WriteLine(Report.Table(run, scenario));
        }
    }

    private static async Task<Dictionary<string, double>> RunAsync(Scenario scenario, Peer peer, TrialSettings settings)
    {
        await using var trial = new Trial(
            peer, settings with { PayloadBytes = scenario.PayloadBytes ?? settings.PayloadBytes });
        if (!scenario.StartsServer)
        {
            await trial.StartAsync(Store.None);
        }

        try
        {
            await scenario.RunAsync(trial);
        }
        catch (TimeoutException)
        {
            trial.Figures[Figure.TimedOut] = 1;
        }

        await trial.CheckAsync();
        foreach (var fault in trial.Load.Faults.Distinct())
        {
            Console.Error.WriteLine($"  {peer.Name}: {fault}");
        }

        return trial.Figures;
    }

    /// <summary>Writes the report and the picture of a run beside its file.</summary>
    private static void Describe(BenchResults run, string file)
    {
        File.WriteAllText(Path.ChangeExtension(file, ".md"), Report.Whole(run));
        File.WriteAllText(Path.ChangeExtension(file, ".svg"), Plot.Draw(run));
    }

    private static string FileOf(BenchResults run) => Path.Combine(
        Files.Results, $"{run.When.ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture)}-{run.Commit}.json");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
