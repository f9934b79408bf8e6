using System.Globalization;
using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Peers;
using OrleansRealtime.LoadTest.Scenarios;

namespace OrleansRealtime.LoadTest;

/// <summary>The bench: starts each server in turn, round after round, puts the same load on it, and reports medians.</summary>
internal static class Program
{
    private const string Usage = """
        usage: OrleansRealtime.LoadTest [scenario …] [options]
          --peers a,b        which servers (default ours,bun,signalr,kestrel,ws,socketio)
          --rounds n         how often each, in alternation (default 3)
          --seconds s        how long is measured (default 5)
          --payload bytes    how long a payload is (default 128)
          --connections n    how many connections the large scenarios open (default 15000)
          --save             write the results to infra/bench
        """;

    private static async Task<int> Main(string[] args)
    {
        if (args is ["peer", var kind, var port])
        {
            await (kind == "signalr"
                ? SignalRPeer.RunAsync(int.Parse(port, CultureInfo.InvariantCulture))
                : KestrelPeer.RunAsync(int.Parse(port, CultureInfo.InvariantCulture)));
            return 0;
        }

        if (BenchArguments.TryParse(args) is not { } asked)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        var report = new Report(asked);
        foreach (var scenario in asked.Scenarios)
        {
            for (var round = 0; round < asked.Rounds; round++)
            {
                foreach (var peer in asked.Peers)
                {
                    var figures = await RunAsync(scenario, peer, asked.Settings);
                    report.Add(scenario.Name, peer.Name, figures);
                    Console.Error.WriteLine($"{scenario.Name} {peer.Name} round {round + 1}: {Report.Line(figures)}");
                }
            }

            Console.WriteLine(report.Table(scenario.Name));
        }

        if (asked.IsSaved)
        {
            Console.WriteLine(report.Save());
        }

        return report.IsClean ? 0 : 1;
    }

    private static async Task<IReadOnlyDictionary<string, double>> RunAsync(Scenario scenario, Peer peer, TrialSettings settings)
    {
        var port = FreePort();
        using var server = await peer.StartAsync(port);
        try
        {
            using var trial = new Trial(peer, server, port, settings);
            try
            {
                await scenario.RunAsync(trial);
            }
            catch (TimeoutException)
            {
                trial.Figures["timed out"] = 1;
            }

            await trial.CheckAsync();
            foreach (var fault in trial.Load.Faults.Distinct())
            {
                Console.Error.WriteLine($"  {peer.Name}: {fault}");
            }

            return trial.Figures;
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
