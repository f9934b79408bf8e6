using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansRealtime.Repository.Tests;

public partial class EventIdTests
{
    /// <summary>The first id of each project's block of a thousand.</summary>
    private static readonly Dictionary<string, int> Blocks = new(StringComparer.Ordinal)
    {
        ["OrleansRealtime.Edge"] = 1000,
        ["OrleansRealtime.Runtime.Embedded"] = 2000,
        ["OrleansRealtime.Core"] = 2000,
        ["OrleansRealtime.Runtime.Grains"] = 3000,
        ["OrleansRealtime.Storage.AdoNet"] = 4000,
        ["OrleansRealtime.Server"] = 5000,
        ["OrleansRealtime.Client"] = 6000,
        ["samples"] = 7000,
    };

    [Fact]
    public void EventIds_AreUnique()
    {
        Finding.AssertNone(
            from use in Uses()
            group use by use.Id into uses
            where uses.Count() > 1
            from use in uses
            select new Finding(use.Path, use.Line, $"event id {use.Id} is used {uses.Count()} times: take a free one."));
    }

    [Fact]
    public void EventIds_LieInTheBlockOfTheirProject()
    {
        Finding.AssertNone(
            from use in Uses()
            let project = ProjectOf(use.Path)
            where !Blocks.TryGetValue(project, out var first) || use.Id < first || use.Id >= first + 1000
            select new Finding(use.Path, use.Line, $"event id {use.Id} is outside the block of {project} ({Blocks.GetValueOrDefault(project)} and up)."));
    }

    [Fact]
    public void Sources_LogSomething()
    {
        Assert.NotEmpty(Uses());
    }

    // All samples share one block.
    private static string ProjectOf(string path) => path.StartsWith("samples/", StringComparison.Ordinal) ? "samples" : path.Split('/')[1];

    private static IEnumerable<(string Path, int Line, int Id)> Uses() =>
        from path in RepositoryFiles.Sources.Concat(RepositoryFiles.Under("samples/", ".cs"))
        let text = RepositoryFiles.Read(path)
        from Match match in LogMessage().Matches(text)
        select (path, text.AsSpan(0, match.Index).Count('\n') + 1, int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex LogMessage();
}
