using System.Text.Json;
using OrleansRealtime.LoadTest.Measuring;

namespace OrleansRealtime.LoadTest.Reporting;

/// <summary>Everything that a run of the bench came to, as it is saved.</summary>
/// <param name="When">When it began, in UTC.</param>
/// <param name="Commit">What was measured.</param>
/// <param name="Machine">Where.</param>
/// <param name="Settings">How.</param>
/// <param name="Rounds">Figures by scenario, peer and round.</param>
internal sealed record BenchResults(
    DateTimeOffset When,
    string Commit,
    Machine Machine,
    IReadOnlyDictionary<string, string> Settings,
    Dictionary<string, Dictionary<string, List<Dictionary<string, double>>>> Rounds)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads a saved run.</summary>
    public static BenchResults Read(string file) => JsonSerializer.Deserialize<BenchResults>(File.ReadAllText(file), Format)!;

    /// <summary>Saves it.</summary>
    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, Format) + "\n");

    /// <summary>Adds a round.</summary>
    public void Add(string scenario, string peer, Dictionary<string, double> figures)
    {
        if (!Rounds.TryGetValue(scenario, out var peers))
        {
            Rounds.Add(scenario, peers = []);
        }

        if (!peers.TryGetValue(peer, out var rounds))
        {
            peers.Add(peer, rounds = []);
        }

        rounds.Add(figures);
    }

    /// <summary>The values of a figure in those rounds that came to it, ascending.</summary>
    public IReadOnlyList<double> Values(string scenario, string peer, string figure) =>
        Rounds.TryGetValue(scenario, out var peers) && peers.TryGetValue(peer, out var rounds)
            ? [.. rounds.Where(figures => figures.ContainsKey(figure)).Select(figures => figures[figure]).Order()]
            : [];

    /// <summary>The median of a figure; null when it was not measured.</summary>
    public double? Median(string scenario, string peer, string figure) =>
        Values(scenario, peer, figure) is { Count: > 0 } values ? Statistics.Median(values) : null;

    /// <summary>What must be zero in every round of ours, and is not: a line for each.</summary>
    public IReadOnlyList<string> Faults() =>
    [
        .. from scenario in Rounds
           from peer in scenario.Value
           where peer.Key.StartsWith(Peers.Peer.OursName, StringComparison.Ordinal)
           from round in peer.Value.Index()
           from name in Figure.MustBeZero
           let value = round.Item.GetValueOrDefault(name)
           where value != 0
           select $"{scenario.Key}, {peer.Key}, round {round.Index + 1}: {Numbers.Text(value)} {name}",
    ];
}
