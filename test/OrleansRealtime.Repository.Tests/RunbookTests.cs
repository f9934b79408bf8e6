using System.Text.RegularExpressions;

namespace OrleansRealtime.Repository.Tests;

/// <summary>Whoever follows a runbook at night must find what it names.</summary>
public partial class RunbookTests
{
    private const string Folder = "infra/runbooks/";

    [Fact]
    public void Runbooks_NameMetricsThatExist()
    {
        var instruments = RepositoryFiles.Sources
            .SelectMany(static path => Instrument().Matches(RepositoryFiles.Read(path)))
            .Select(static match => match.Groups["name"].Value.Replace('.', '_'))
            .ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(instruments);
        Finding.AssertNone(
            from use in Uses(Metric())
            where !instruments.Contains(UnitOrTotal().Replace(use.Text, ""))
            select new Finding(use.Path, use.Line, $"no instrument is called {use.Text}."));
    }

    [Fact]
    public void Runbooks_NameEventsThatExist()
    {
        var ids = RepositoryFiles.Sources
            .SelectMany(static path => LogMessage().Matches(RepositoryFiles.Read(path)))
            .Select(static match => match.Groups["id"].Value)
            .ToHashSet(StringComparer.Ordinal);
        Finding.AssertNone(
            from use in Uses(Event())
            from Match id in Number().Matches(use.Text)
            where !ids.Contains(id.Value)
            select new Finding(use.Path, use.Line, $"no event has the id {id.Value}."));
    }

    [Fact]
    public void Runbooks_AreListed()
    {
        var list = RepositoryFiles.Read(Folder + "README.md");
        Finding.AssertNone(
            from path in RepositoryFiles.All
            where path.StartsWith(Folder, StringComparison.Ordinal) && !path.EndsWith("README.md", StringComparison.Ordinal)
            where !list.Contains($"({path[Folder.Length..]})", StringComparison.Ordinal)
            select new Finding(path, 1, "is not listed in infra/runbooks/README.md."));
    }

    private static IEnumerable<(string Path, int Line, string Text)> Uses(Regex pattern) =>
        from path in RepositoryFiles.All
        where path.StartsWith(Folder, StringComparison.Ordinal)
        let text = RepositoryFiles.Read(path)
        from Match match in pattern.Matches(text)
        select (path, text.AsSpan(0, match.Index).Count('\n') + 1, match.Value);

    [GeneratedRegex(@"""(?<name>orleansrealtime\.[a-z._]+)""")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"orleansrealtime_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"(_total|_seconds|_bytes)+$")]
    private static partial Regex UnitOrTotal();

    [GeneratedRegex(@"\bevents? \d{4}(, \d{4})*( and \d{4})?")]
    private static partial Regex Event();

    [GeneratedRegex(@"\d{4}")]
    private static partial Regex Number();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex LogMessage();
}
