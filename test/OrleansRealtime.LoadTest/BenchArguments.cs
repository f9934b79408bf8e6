using System.Globalization;
using OrleansRealtime.LoadTest.Peers;
using OrleansRealtime.LoadTest.Scenarios;

namespace OrleansRealtime.LoadTest;

/// <summary>What was asked for on the command line. Immutable.</summary>
internal sealed record BenchArguments(
    IReadOnlyList<Scenario> Scenarios, IReadOnlyList<Peer> Peers, int Rounds, TrialSettings Settings, bool IsSaved)
{
    /// <summary>Reads the command line; null when it cannot be understood.</summary>
    public static BenchArguments? TryParse(string[] args)
    {
        var scenarios = new List<Scenario>();
        var peers = Peer.All.ToList();
        var (rounds, seconds, payload, connections, isSaved) = (3, 5.0, 128, 15_000, false);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--save")
            {
                isSaved = true;
                continue;
            }

            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                if (Scenario.All.FirstOrDefault(scenario => scenario.Name == args[i]) is not { } scenario)
                {
                    return null;
                }

                scenarios.Add(scenario);
                continue;
            }

            if (i + 1 == args.Length)
            {
                return null;
            }

            var value = args[++i];
            switch (args[i - 1])
            {
                case "--peers":
                    peers = [.. value.Split(',').Select(static name => Peer.All.Single(peer => peer.Name == name))];
                    break;
                case "--rounds":
                    rounds = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "--seconds":
                    seconds = double.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "--payload":
                    payload = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "--connections":
                    connections = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                default:
                    return null;
            }
        }

        return new BenchArguments(
            scenarios.Count > 0 ? scenarios : Scenario.All,
            peers,
            rounds,
            new TrialSettings(seconds, Math.Max(payload, 32), connections),
            isSaved);
    }
}
