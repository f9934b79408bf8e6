using System.Text.RegularExpressions;

namespace OrleansRealtime.Repository.Tests;

public partial class ClientDocumentTests
{
    private const string Guide = "src/OrleansRealtime.Protocol/MIGRATING.md";

    [Theory]
    [InlineData("src/OrleansRealtime.Client/RealtimeClientOptions.cs", "src/OrleansRealtime.Client/README.md", 14)]
    [InlineData("src/OrleansRealtime.Client/SubscriptionOptions.cs", "src/OrleansRealtime.Client/README.md", 8)]
    [InlineData("src/OrleansRealtime.Client.TypeScript/src/options.ts", "src/OrleansRealtime.Client.TypeScript/README.md", 8)]
    public void Options_StandInTheTablesOfTheirPage_WithTheirDefaults(string source, string page, int atLeast)
    {
        var rows = RepositoryFiles.ReadLines(page).Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(static line => line.Split('|')).ToList();
        var options = Option().Matches(RepositoryFiles.Read(source));

        Assert.True(options.Count >= atLeast, $"only {options.Count} options were found in {source}.");
        Assert.All(options, option =>
        {
            var name = option.Groups["name"].Value;
            var row = rows.FirstOrDefault(row => row[1].Contains($"`{name}`", StringComparison.Ordinal));
            Assert.True(row is not null, $"{page} has no row for the option {name}.");
            Assert.True(row[2].Trim().Length > 0, $"{page} does not say the default of {name}.");
            var number = NumberOf(option.Groups["default"].Value);
            Assert.True(number.Length == 0 || row[2].Contains(number, StringComparison.Ordinal), $"{page} says another default of {name} than {number}.");
        });
    }

    [Theory]
    [InlineData("csharp", "test/OrleansRealtime.Client.Tests/Documents/MigratingSnippets.cs", 1)]
    [InlineData("ts", "src/OrleansRealtime.Client.TypeScript/tests/migrating.ts", 2)]
    public void SnippetsOfTheGuide_AreInTheFileThatIsCompiled(string language, string source, int count)
    {
        var compiled = Trimmed(RepositoryFiles.Read(source));
        var blocks = Block().Matches(RepositoryFiles.Read(Guide)).Where(block => block.Groups["language"].Value == language).ToList();

        Assert.Equal(count, blocks.Count);
        Assert.All(blocks, block => Assert.Contains(Trimmed(block.Groups["code"].Value), compiled, StringComparison.Ordinal));
    }

    /// <summary>The number that a default is written with: 15 of <c>TimeSpan.FromSeconds(15)</c>, 4 of <c>4 * 1024 * 1024</c>.</summary>
    private static string NumberOf(string text) => Number().Match(text).Value;

    private static string Trimmed(string code) => string.Join('\n', code.Split('\n').Select(static line => line.Trim())).Trim();

    // C#: a property and its initialiser. TypeScript: the doc comment's default and the field after it.
    [GeneratedRegex(@"^    public (?:required )?[\w<>?, ]+ (?<name>\w+) \{ get; init; \}(?: = (?<default>.*);)?$|^  /\*\*.*Default:? (?<default>.*)\*/\n  readonly (?<name>\w+)\?: ", RegexOptions.Multiline)]
    private static partial Regex Option();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"```(?<language>\w+)\n// OrleansRealtime\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
