using System.Globalization;
using System.Text;
using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Peers;

namespace OrleansRealtime.LoadTest.Reporting;

/// <summary>A run in Markdown: a table per scenario, of medians with their spreads and ratios, and the bars. Pure.</summary>
internal static class Report
{
    /// <summary>Figures in one line.</summary>
    public static string Line(IReadOnlyDictionary<string, double> figures) => string.Join(
        ", ", figures.Where(static figure => figure.Value != 0 || !Figure.MustBeZero.Contains(figure.Key))
            .Select(static figure => $"{figure.Key} {Numbers.Text(figure.Value)}"));

    /// <summary>Everything.</summary>
    public static string Whole(BenchResults run) => string.Join(
        "\n\n",
        [
            $"# {run.When:yyyy-MM-dd HH:mm} UTC, commit {run.Commit}",
            $"{run.Machine}; {string.Join(", ", run.Settings.Select(static setting => $"{setting.Key}: {setting.Value}"))}.",
            Bars(run).TrimEnd(),
            .. run.Rounds.Keys.Select(scenario => Table(run, scenario).TrimEnd()),
        ]) + "\n";

    /// <summary>One scenario: a row per figure, a column per peer; a median, its spread, and what it is as a multiple of ours.</summary>
    public static string Table(BenchResults run, string scenario)
    {
        var peers = run.Rounds[scenario].Keys.ToList();
        var names = run.Rounds[scenario].Values.SelectMany(static rounds => rounds).SelectMany(static figures => figures.Keys).Distinct()
            .Where(name => !Figure.MustBeZero.Contains(name) || peers.Exists(peer => run.Values(scenario, peer, name).Any(static value => value != 0)));
        var table = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"## {scenario}").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", peers)} |")
            .AppendLine(CultureInfo.InvariantCulture, $"| --- |{string.Concat(peers.Select(static _ => " ---: |"))}");
        foreach (var name in names)
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", peers.Select(peer => Cell(run, scenario, peer, name)))} |");
        }

        return table.ToString();
    }

    /// <summary>What ours had to reach, with a verdict each; what was not measured stands below, so that nobody takes it for passed.</summary>
    public static string Bars(BenchResults run) => string.Join(
        Environment.NewLine,
        [
            "## bars",
            "",
            "| | value | bar | |",
            "| --- | ---: | ---: | --- |",
            .. Bar.All.Where(bar => bar.IsReached(run) is not null).Select(bar => bar.Row(run)),
            "",
            .. Bar.All.Where(bar => bar.IsReached(run) is null).Select(static bar => $"- not measured: {bar.Name}"),
        ]);

    private static string Cell(BenchResults run, string scenario, string peer, string name)
    {
        var values = run.Values(scenario, peer, name);
        if (values.Count == 0)
        {
            return "";
        }

        var median = Statistics.Median(values);
        var spread = values.Count > 1 ? $" ({Numbers.Text(values[0])} to {Numbers.Text(values[^1])})" : "";
        var ratio = peer != Peer.OursName && run.Median(scenario, Peer.OursName, name) is > 0 and var ours
            ? $" · {Numbers.Text(median / ours)} ×"
            : "";
        return Numbers.Text(median) + spread + ratio;
    }
}
