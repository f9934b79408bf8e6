using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansRealtime.LoadTest.Peers;

namespace OrleansRealtime.LoadTest.Measuring;

/// <summary>All figures of a bench: medians and spreads per scenario, peer and name.</summary>
internal sealed class Report(BenchArguments asked)
{
    private static readonly string[] MustBeZero = ["lost", "doubled or reordered", "connections lost", "timed out"];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Dictionary<string, Dictionary<string, List<IReadOnlyDictionary<string, double>>>> _rounds = [];

    /// <summary>Whether nothing was lost, doubled or reordered by ours.</summary>
    public bool IsClean => _rounds.Values
        .Where(static peers => peers.ContainsKey("ours"))
        .SelectMany(static peers => peers["ours"])
        .All(static figures => MustBeZero.All(name => figures.GetValueOrDefault(name) == 0));

    /// <summary>Adds a round.</summary>
    public void Add(string scenario, string peer, IReadOnlyDictionary<string, double> figures)
    {
        if (!_rounds.TryGetValue(scenario, out var peers))
        {
            _rounds.Add(scenario, peers = []);
        }

        if (!peers.TryGetValue(peer, out var rounds))
        {
            peers.Add(peer, rounds = []);
        }

        rounds.Add(figures);
    }

    /// <summary>Figures in one line.</summary>
    public static string Line(IReadOnlyDictionary<string, double> figures) => string.Join(
        ", ", figures.Where(static figure => figure.Value != 0 || !MustBeZero.Contains(figure.Key))
            .Select(static figure => $"{figure.Key} {Text(figure.Value)}"));

    /// <summary>A table in Markdown: a row per peer, and medians with their spread.</summary>
    public string Table(string scenario)
    {
        var peers = _rounds[scenario];
        var names = peers.Values.SelectMany(static rounds => rounds).SelectMany(static figures => figures.Keys).Distinct()
            .Where(name => !MustBeZero.Contains(name) || peers.Values.Any(rounds => Median(rounds, name) != 0)).ToList();
        var table = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"### {scenario}").AppendLine()
            .AppendLine("| | " + string.Join(" | ", names) + " |").AppendLine("| --- |" + string.Concat(names.Select(static _ => " ---: |")));
        foreach (var (peer, rounds) in peers)
        {
            table.AppendLine("| " + peer + " | " + string.Join(" | ", names.Select(name => Cell(rounds, name))) + " |");
        }

        return table.ToString();
    }

    /// <summary>Writes everything to a file of results and says which.</summary>
    public string Save()
    {
        Directory.CreateDirectory(Files.Results);
        var now = DateTime.UtcNow;
        var file = Path.Combine(
            Files.Results, $"{now.ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture)}.json");
        File.WriteAllText(file, JsonSerializer.Serialize(
            new
            {
                Machine = new
                {
                    Cores = Environment.ProcessorCount,
                    Os = System.Runtime.InteropServices.RuntimeInformation.OSDescription,
                    Runtime = Environment.Version.ToString(),
                },
                asked.Rounds,
                asked.Settings,
                Results = _rounds,
            },
            Indented));
        return file;
    }

    private static string Cell(List<IReadOnlyDictionary<string, double>> rounds, string name)
    {
        var values = rounds.Select(figures => figures.GetValueOrDefault(name)).Order().ToList();
        return $"{Text(Median(rounds, name))} ({Text(values[0])} to {Text(values[^1])})";
    }

    private static double Median(List<IReadOnlyDictionary<string, double>> rounds, string name)
    {
        var values = rounds.Select(figures => figures.GetValueOrDefault(name)).Order().ToList();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }

    private static string Text(double value) =>
        value.ToString(Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);
}
