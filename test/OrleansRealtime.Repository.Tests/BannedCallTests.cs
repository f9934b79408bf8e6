using System.Text.RegularExpressions;

namespace OrleansRealtime.Repository.Tests;

public class BannedCallTests
{
    private const string Clock = @"\b_?([Cc]lock|[Tt]ime([Pp]rovider)?)\b";

    private static readonly (Regex Pattern, string Remedy, Func<string, bool> Holds)[] Rules =
    [
        Rule(@"\bDateTime(Offset)?\.(Utc)?Now\b", "ask a TimeProvider for the time"),
        Rule(@"\bThread\.Sleep\b", "await what is waited for"),
        Rule(@"\bTask\.Delay\((?!.*,.*" + Clock + ")", "give Task.Delay a TimeProvider"),
        Rule(@"\bnew\s+(System\.)?(Threading\.)?Timer\(", "make timers with TimeProvider.CreateTimer"),
        Rule(@"\bnew\s+(System\.)?(Threading\.)?PeriodicTimer\((?!.*,.*" + Clock + ")", "make timers with a TimeProvider"),
        Rule(@"\bTask\.Run\b", "run in a turn of the runtime", static path => !path.Contains(".Runtime.", StringComparison.Ordinal)),
        Rule(@"\.GetAwaiter\(\)\.GetResult\(\)|\.Wait\(\)|\bTask\.WaitAll\b", "await it, or ask IsCompleted first"),
        Rule(@"\basync\s+void\b", "return a Task"),
        Rule(@"\bConsole\.", "log, or return the text", static path => !IsSpokenTo(path)),
        Rule(@"\block\s*\(\s*this\s*\)", "lock a System.Threading.Lock of its own"),
        Rule(@"\b(Guid\.NewGuid|Random\.Shared|new\s+Random)\b", "have it injected", static path => path.Contains(".Core/", StringComparison.Ordinal)),
        Rule(@"\bConfigureAwait\(false\)", "resume in the turn", static path => path.Contains(".Core/", StringComparison.Ordinal)),
        Rule(@"\bJsonSerializer\.(Serialize|Deserialize)\w*(<[^>]*>)?\((?![^;]*([Tt]ype|Context|Json\.Default))", "pass a source-generated type info"),
    ];

    [Fact]
    public void Sources_CallNothingThatIsBanned()
    {
        Finding.AssertNone(RepositoryFiles.Sources.Concat(RepositoryFiles.Under("samples/", ".cs")).SelectMany(FindIn));
    }

    [Theory]
    [InlineData("var now = DateTime.UtcNow;")]
    [InlineData("var now = DateTimeOffset.Now;")]
    [InlineData("await Task.Delay(5);")]
    [InlineData("await Task.Delay(time);")]
    [InlineData("_ = new Timer(OnTick);")]
    [InlineData("_ = new PeriodicTimer(period);")]
    [InlineData("Thread.Sleep(1);")]
    [InlineData("_ = Task.Run(Work);")]
    [InlineData("read.GetAwaiter().GetResult();")]
    [InlineData("read.Wait();")]
    [InlineData("async void OnTick()")]
    [InlineData("Console.WriteLine(text);")]
    [InlineData("lock (this)")]
    [InlineData("JsonSerializer.Serialize(value);")]
    public void Rules_FindWhatTheyBan(string line)
    {
        Assert.Contains(Rules, rule => rule.Pattern.IsMatch(line));
    }

    private static IEnumerable<Finding> FindIn(string path)
    {
        var lines = SourceText.WithoutCommentsAndStrings(RepositoryFiles.Read(path)).Split('\n');
        return from rule in Rules
               where rule.Holds(path)
               from line in Enumerable.Range(0, lines.Length)
               let match = rule.Pattern.Match(lines[line])
               where match.Success && !IsAskedBefore(lines, line)
               select new Finding(path, line + 1, $"'{match.Value.Trim()}' is banned here: {rule.Remedy}.");
    }

    // Verbs speak to whoever typed them, and so does a program that can only say why it is not the one that was asked for.
    private static bool IsSpokenTo(string path) =>
        path.Contains("/Verbs/", StringComparison.Ordinal) || path.EndsWith("/WithoutOrleans.cs", StringComparison.Ordinal);

    // Taking the result of what has completed blocks nobody.
    private static bool IsAskedBefore(string[] lines, int line) =>
        lines[line].Contains("GetResult()", StringComparison.Ordinal)
        && lines[Math.Max(0, line - 8)..line].Any(static before => before.Contains("IsCompleted", StringComparison.Ordinal));

    private static (Regex Pattern, string Remedy, Func<string, bool> Holds) Rule(
        string pattern, string remedy, Func<string, bool>? holds = null) =>
        (new Regex(pattern, RegexOptions.CultureInvariant), remedy, holds ?? (static _ => true));
}
