using System.Globalization;
using System.Text.RegularExpressions;
using OrleansRealtime.Protocol.Tests.Golden;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.Sessions;

namespace OrleansRealtime.Protocol.Tests;

/// <summary>PROTOCOL.md says what the code does: its tables name every code, and its examples are the golden files.</summary>
public partial class ProtocolDocumentTests
{
    private static readonly string Text =
        File.ReadAllText(RepositoryFiles.PathOf("src", "OrleansRealtime.Protocol", "PROTOCOL.md"));

    private static readonly Dictionary<string, string> Examples = Example().Matches(Text).ToDictionary(
        static match => match.Groups["name"].Value, static match => match.Groups["text"].Value);

    [Fact]
    public void ErrorCodes_AllHaveARow_ThatSaysWhetherToTryAgain()
    {
        foreach (var code in RealtimeErrorCodes.All)
        {
            var row = $"| `{code.ToWireName()}` | {(code.IsRetryable() ? "yes" : "no")} |";
            Assert.Contains(row, Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CloseCodes_AllHaveARow()
    {
        foreach (var reason in CloseReason.All)
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\n| {reason.Code} | "), Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void MessageTypes_AllHaveARow()
    {
        foreach (var name in Samples.Commands.Keys.Select(static name => name.Split('-')[0]).Distinct())
        {
            Assert.Matches($@"\n\| `{name}`( \+ `channel`)? \|", Text);
        }

        foreach (var name in Samples.Frames.Keys.Select(static name => name.Split('-')[0]).Distinct())
        {
            Assert.Matches($@"\n\| (`join`, )?`{name}`(, `leave`)? \|", Text);
        }
    }

    [Fact]
    public void Examples_AreTheGoldenFiles()
    {
        foreach (var (name, text) in Examples.Where(static example => example.Key.Contains('/', StringComparison.Ordinal)))
        {
            Assert.Equal(File.ReadAllText(Path.Combine(GoldenFile.Folder, name + ".json")), text);
        }
    }

    [Fact]
    public void Examples_ShowEveryGoldenMessage() => Assert.Equal(
        Samples.Commands.Keys.Select(static name => "Commands/" + name)
            .Concat(Samples.Frames.Keys.Select(static name => "Frames/" + name)).Order(StringComparer.Ordinal),
        Examples.Keys.Where(static name => name.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void Sessions_AreAllThereAndEqualTheirFiles()
    {
        Assert.Equal(
            SessionScript.Names,
            Examples.Keys.Where(static name => !name.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        foreach (var name in SessionScript.Names)
        {
            Assert.Equal(File.ReadAllText(Path.Combine(SessionScript.Folder, name + ".txt")), Examples[name]);
        }
    }

    [Fact]
    public void Limits_AreThoseOfTheCode()
    {
        Assert.Contains($"| `last` | 0 to {CommandLimits.MaxPublications}:", Text, StringComparison.Ordinal);
        Assert.Contains($"| `limit` | 1 to {CommandLimits.MaxPublications} |", Text, StringComparison.Ordinal);
        Assert.Contains($"| `method` | text of 1 to {CommandLimits.MaxMethodLength} characters |", Text, StringComparison.Ordinal);
        Assert.Contains($"| `mid` | text of 1 to {Publication.MaxMessageIdLength} characters |", Text, StringComparison.Ordinal);
        Assert.Contains($"| `key` | text of 1 to {Publication.MaxKeyLength} characters:", Text, StringComparison.Ordinal);
        Assert.Contains($"| `session` | text of 1 to {SessionId.MaxLength} characters:", Text, StringComparison.Ordinal);
        Assert.Contains($"at most {CommandLimits.MaxFeatures} texts of 1 to {CommandLimits.MaxFeatureLength} characters", Text, StringComparison.Ordinal);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"| `conflate` | {CommandLimits.MinConflate.TotalMilliseconds} to {CommandLimits.MaxConflate.TotalMilliseconds} ms:"),
            Text,
            StringComparison.Ordinal);
        Assert.Contains($"| nesting of a message | {CommandLimits.MaxDepth} levels", Text, StringComparison.Ordinal);
        Assert.Contains($"| nesting of `data` | {CommandLimits.MaxDataDepth} levels", Text, StringComparison.Ordinal);
    }

    [GeneratedRegex("<!-- (?:golden|session): (?<name>[A-Za-z0-9_/-]+) -->\n```[a-z]+\n(?<text>.*?\n)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
