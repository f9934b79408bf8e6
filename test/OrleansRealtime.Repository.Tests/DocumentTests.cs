using System.Text.RegularExpressions;

namespace OrleansRealtime.Repository.Tests;

public partial class DocumentTests
{
    private const string Protocol = "src/OrleansRealtime.Protocol/PROTOCOL.md";
    private const string ErrorCodes = "src/OrleansRealtime.Abstractions/RealtimeErrorCodes.cs";
    private const string CloseReasons = "src/OrleansRealtime.Abstractions/CloseReason.cs";

    /// <summary>Names that documents may use although this code does not declare them.</summary>
    private static readonly HashSet<string> OfTheFramework = new(StringComparer.Ordinal)
    {
        "WebSocket", "EventSource", "TimeProvider", "SynchronizationContext", "PipeReader", "ValueTask", "CancellationToken",
        "Uint8Array", "AbortSignal",
    };

    [Fact]
    public void ErrorCodes_StandInTheProtocol()
    {
        AssertInProtocol(ErrorCodes, ErrorCode());
    }

    [Fact]
    public void CloseCodes_StandInTheProtocol()
    {
        AssertInProtocol(CloseReasons, CloseCode());
    }

    [Fact]
    public void Documents_NameTypesThatExist()
    {
        var declared = RepositoryFiles.All
            .Where(static path => path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".ts", StringComparison.Ordinal))
            .SelectMany(static path => Declaration().Matches(RepositoryFiles.Read(path)).Select(static match => match.Groups["name"].Value))
            .ToHashSet(StringComparer.Ordinal);
        Finding.AssertNone(
            from path in RepositoryFiles.Under("src/", ".md")
            let lines = RepositoryFiles.ReadLines(path)
            from line in Enumerable.Range(0, lines.Length)
            from Match match in TypeInText().Matches(lines[line])
            let name = match.Groups["name"].Value
            where !declared.Contains(name) && !OfTheFramework.Contains(name) && !IsMemberBeside(path, name)
            select new Finding(path, line + 1, $"there is no type {name}: name the one that there is, or none."));
    }

    [Fact]
    public void DocumentedCommands_Exist()
    {
        var lines = RepositoryFiles.ReadLines("README.md");
        var known = RepositoryFiles.Read("infra/dev.sh");
        Finding.AssertNone(
            from line in Enumerable.Range(0, lines.Length)
            from Match match in DevCommand().Matches(lines[line])
            let name = match.Groups["name"].Value
            where !known.Contains($"  {name}) ", StringComparison.Ordinal)
            select new Finding("README.md", line + 1, $"infra/dev.sh has no command {name}."));
    }

    [Fact]
    public void Links_LeadToFilesThatExist()
    {
        Finding.AssertNone(
            from path in RepositoryFiles.All
            where path.EndsWith(".md", StringComparison.Ordinal)
            let lines = RepositoryFiles.ReadLines(path)
            from line in Enumerable.Range(0, lines.Length)
            from Match match in Link().Matches(lines[line])
            let target = match.Groups["target"].Value
            let full = Path.Combine(RepositoryFiles.Root, Path.GetDirectoryName(path)!, target)
            where !File.Exists(full) && !Directory.Exists(full)
            select new Finding(path, line + 1, $"the link to {target} leads nowhere: mend or remove it."));
    }

    /// <summary>Whether a package's page speaks of a public member of the package.</summary>
    private static bool IsMemberBeside(string page, string name)
    {
        // Members of interfaces have no modifier.
        var member = new Regex($@"^    (?:public [^=(]*|[A-Z][\w<>]* )\b{name}(?:<\w+>)?(?:\(| \{{|;)", RegexOptions.Multiline);
        return page.EndsWith("/README.md", StringComparison.Ordinal)
            && RepositoryFiles.Under(page[..^"README.md".Length], ".cs").Any(path => member.IsMatch(RepositoryFiles.Read(path)));
    }

    private static void AssertInProtocol(string source, Regex code)
    {
        var text = RepositoryFiles.Read(Protocol);
        var lines = RepositoryFiles.ReadLines(source);
        var codes = (from line in Enumerable.Range(0, lines.Length)
                     from Match match in code.Matches(lines[line])
                     select (Line: line + 1, Code: match.Groups["code"].Value)).ToList();

        Assert.NotEmpty(codes);
        Finding.AssertNone(codes
            .Where(found => !Regex.IsMatch(text, $@"\b{found.Code}\b"))
            .Select(found => new Finding(source, found.Line, $"{found.Code} is not in {Protocol}: say there what it means and what a client does.")));
    }

    [GeneratedRegex("""\(RealtimeErrorCode\.\w+, "(?<code>\w+)"\)""")]
    private static partial Regex ErrorCode();

    [GeneratedRegex(@"= new\((?<code>\d{4}),")]
    private static partial Regex CloseCode();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record)\s+(?<name>[A-Z]\w+)")]
    private static partial Regex Declaration();

    // In code spans: a name of two words or more, or of an interface, as in `ChannelHost` and `IChannel`.
    [GeneratedRegex(@"`(?<name>(?:I?[A-Z][a-z0-9]+){2,})`")]
    private static partial Regex TypeInText();

    [GeneratedRegex(@"infra/dev\.sh (?<name>[a-z]+)")]
    private static partial Regex DevCommand();

    [GeneratedRegex(@"\]\((?!https?:|mailto:|#)(?<target>[^)#\s]+)")]
    private static partial Regex Link();
}
