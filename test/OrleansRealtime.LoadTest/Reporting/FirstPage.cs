using System.Text.RegularExpressions;

namespace OrleansRealtime.LoadTest.Reporting;

/// <summary>The part of the repository's README that shows a run. Pure.</summary>
internal static partial class FirstPage
{
    /// <summary>The README with another run in it; <paramref name="name"/> is that of the run's files in <c>infra/bench</c>.</summary>
    /// <exception cref="InvalidOperationException">It has no place for a run.</exception>
    public static string Show(string readme, BenchResults run, string name)
    {
        if (!Place().IsMatch(readme))
        {
            throw new InvalidOperationException("README.md has no <!-- bench --> … <!-- /bench -->.");
        }

        var text = $"""
            <!-- bench -->
            ![What each server uses](infra/bench/{name}.svg)

            {Summary.Table(run)}

            On {run.Machine.Cores} cores ({run.Machine.Processor}, {run.Machine.MemoryGiB} GiB), shared by server and load, {run.When:yyyy-MM-dd}, commit {run.Commit};
            medians of {Rounds(run)}: [all figures and verdicts](infra/bench/{name}.md).
            <!-- /bench -->
            """;
        return Place().Replace(readme, text.Replace("$", "$$", StringComparison.Ordinal));
    }

    private static string Rounds(BenchResults run)
    {
        var counts = run.Rounds.Values.SelectMany(static peers => peers.Values).Select(static rounds => rounds.Count).ToList();
        return counts.Min() == counts.Max() ? $"{counts[0]} rounds" : $"{counts.Min()} to {counts.Max()} rounds";
    }

    [GeneratedRegex("<!-- bench -->.*<!-- /bench -->", RegexOptions.Singleline)]
    private static partial Regex Place();
}
