using System.Text.RegularExpressions;

namespace OrleansRealtime.Repository.Tests;

public partial class OptionTests
{
    private const string DefaultFile = "src/OrleansRealtime.Server/appsettings.json";

    [Fact]
    public void Options_AreDocumented()
    {
        Finding.AssertNone(
            from option in Options()
            where !option.Lines.Take(option.Line).Reverse().SkipWhile(static line => !line.TrimStart().StartsWith("///", StringComparison.Ordinal)
                && line.TrimStart().StartsWith('[') || line.TrimStart().StartsWith("//", StringComparison.Ordinal)
                && !line.TrimStart().StartsWith("///", StringComparison.Ordinal)).First().Contains("///", StringComparison.Ordinal)
            select new Finding(option.Path, option.Line + 1, $"{option.Name} has no doc comment: say what it means, its unit, limits and default."));
    }

    [Fact]
    public void Options_StandInTheDefaultFile()
    {
        var file = RepositoryFiles.Read(DefaultFile);
        Finding.AssertNone(
            from option in Options()

            // Those of the client and of a silo are set in the application's code; the server has names of its own for the latter.
            where !option.Path.StartsWith("src/OrleansRealtime.Client/", StringComparison.Ordinal)
            where !option.Path.StartsWith("src/OrleansRealtime.Runtime.Grains/", StringComparison.Ordinal)
            where !file.Contains($"\"{option.Name}\"", StringComparison.Ordinal)
            select new Finding(option.Path, option.Line + 1, $"{option.Name} is not in {DefaultFile}: add it with its default and a comment."));
    }

    private static IEnumerable<(string Path, int Line, string Name, string[] Lines)> Options() =>
        from path in RepositoryFiles.Sources
        where path.EndsWith("Options.cs", StringComparison.Ordinal)
        let lines = RepositoryFiles.ReadLines(path)
        from line in Enumerable.Range(0, lines.Length)
        let match = Property().Match(lines[line])
        where match.Success
        select (path, line, match.Groups["name"].Value, lines);

    [GeneratedRegex(@"^    public (?!static|override|const)[\w<>?, ]+ (?<name>\w+) \{ get;")]
    private static partial Regex Property();
}
