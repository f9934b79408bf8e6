using System.Text.RegularExpressions;

namespace OrleansRealtime.Repository.Tests;

public partial class LayoutTests
{
    private const long MaxBytes = 200_000;
    private const string Solution = "OrleansRealtime.sln";
    private const string Layers = "src/Layers.props";
    private const string Dialects = "src/OrleansRealtime.Storage.AdoNet/";

    private static readonly string[] TextFiles =
    [
        ".cs", ".csproj", ".props", ".targets", ".sln", ".md", ".json", ".js", ".ts", ".css", ".html", ".sql", ".sh", ".yml", ".proto", ".config",
    ];

    [Fact]
    public void Projects_AreInTheSolution()
    {
        var solution = RepositoryFiles.Read(Solution).Replace('\\', '/');
        Finding.AssertNone(Projects()
            .Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal))
            .Select(path => new Finding(path, 1, $"not in {Solution}: dotnet sln add {path}.")));
    }

    [Fact]
    public void SourceProjects_AreInTheLayers()
    {
        var layers = RepositoryFiles.Read(Layers);
        Finding.AssertNone(Projects()
            .Where(static path => path.StartsWith("src/", StringComparison.Ordinal))
            .Where(path => !layers.Contains($"Layer Include=\"{Path.GetFileNameWithoutExtension(path)}\"", StringComparison.Ordinal))
            .Select(path => new Finding(path, 1, $"not in {Layers}: say there what it may reference.")));
    }

    [Fact]
    public void TestProjects_HaveAMinimumInCi()
    {
        var ci = RepositoryFiles.Read(".ci/run");
        Finding.AssertNone(Projects()
            .Where(static path => path.EndsWith(".Tests.csproj", StringComparison.Ordinal))
            .Where(path => !ci.Contains($"  {Path.GetFileNameWithoutExtension(path)}=", StringComparison.Ordinal))
            .Select(path => new Finding(path, 1, "not in .ci/run: say there how many tests it must run at least.")));
    }

    [Fact]
    public void Dialects_HaveTheSameFiles()
    {
        var sqlite = SqlIn("Sqlite");
        var postgreSql = SqlIn("PostgreSql");

        Assert.NotEmpty(sqlite);
        Finding.AssertNone(
        [
            .. sqlite.Except(postgreSql).Select(name => new Finding($"{Dialects}Sqlite/{name}", 1, "PostgreSql has no such file: write its twin.")),
            .. postgreSql.Except(sqlite).Select(name => new Finding($"{Dialects}PostgreSql/{name}", 1, "Sqlite has no such file: write its twin.")),
        ]);
    }

    [Fact]
    public void Files_AreSmall()
    {
        Finding.AssertNone(
            from path in RepositoryFiles.All
            let bytes = new FileInfo(Path.Combine(RepositoryFiles.Root, path)).Length
            where bytes > MaxBytes
            select new Finding(path, 1, $"{bytes} bytes are more than {MaxBytes}: generate it, or split it."));
    }

    [Fact]
    public void Files_LeaveNothingToDo()
    {
        // Written in two parts, so that this file does not find itself.
        Finding.AssertNone(FindLines(new Regex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|X" + @"XX)\b"), "do it, or write down a decision"));
    }

    [Fact]
    public void Files_NameNoMachineAndNoRegistry()
    {
        var machine = new Regex(@"(?<![\w.$}/])/(?:home|Users|root|work)/\w|\b[A-Z]:\\Users\\|(?:registry\.npmjs\.org|api\.nuget\.org|pkgs\.dev\.azure\.com|\bartifactory\b|\bnexus\.)", RegexOptions.IgnoreCase);
        Finding.AssertNone(FindLines(machine, "paths and hosts of one machine mean nothing on another")
            .Where(static finding => !finding.Path.EndsWith("LayoutTests.cs", StringComparison.Ordinal)));
    }

    private static IEnumerable<Finding> FindLines(Regex pattern, string remedy) =>
        from path in RepositoryFiles.All
        where TextFiles.Contains(Path.GetExtension(path)) || path is ".ci/run"
        let lines = RepositoryFiles.ReadLines(path)
        from line in Enumerable.Range(0, lines.Length)
        let match = pattern.Match(lines[line])
        where match.Success
        select new Finding(path, line + 1, $"'{match.Value}': {remedy}.");

    private static IEnumerable<string> Projects() =>
        [.. RepositoryFiles.Under("src/", ".csproj"), .. RepositoryFiles.Under("test/", ".csproj"), .. RepositoryFiles.Under("samples/", ".csproj")];

    private static List<string> SqlIn(string dialect) =>
        [.. RepositoryFiles.Under($"{Dialects}{dialect}/", ".sql").Select(path => Path.GetFileName(path))];
}
