using System.Text.RegularExpressions;

namespace OrleansRealtime.Repository.Tests;

public partial class TypeFileTests
{
    /// <summary>Families of small types that are read as one; each file is named for the family.</summary>
    private static readonly HashSet<string> Families = new(StringComparer.Ordinal)
    {
        "ServerFrame", "ClientCommand", "ChannelOutcomes", "ChannelRequests", "UserRequests", "EdgeMessage",
    };

    [Fact]
    public void PublicTypes_LieInAFileOfTheirName()
    {
        Finding.AssertNone(RepositoryFiles.Sources.SelectMany(FindIn));
    }

    [Fact]
    public void Families_ExistAndHoldSeveralTypes()
    {
        foreach (var family in Families)
        {
            var path = Assert.Single(RepositoryFiles.Sources, path => Path.GetFileNameWithoutExtension(path) == family);
            Assert.True(PublicTypesIn(path).Count() > 1, $"{path} holds no family: take it off the list.");
        }
    }

    private static IEnumerable<Finding> FindIn(string path)
    {
        // A.Log.cs and A.Reading.cs are parts of A; A`1.cs is the generic twin of A.
        var name = Path.GetFileName(path).Split('.')[0].Split('`')[0];
        if (Families.Contains(name))
        {
            yield break;
        }

        var types = PublicTypesIn(path).ToList();
        if (types.Count == 0)
        {
            yield break;
        }

        if (types.All(type => type.Name != name))
        {
            yield return new Finding(path, types[0].Line, $"the public type {types[0].Name} lies in a file of another name: rename one.");
        }

        foreach (var (type, line, isSmall) in types.Where(type => type.Name != name && !type.IsSmall))
        {
            yield return new Finding(path, line, $"{type} is a second public type: give it a file of its own.");
        }
    }

    // A record, enum, delegate or exception beside the type that uses it belongs to it, as an outcome to its port.
    private static IEnumerable<(string Name, int Line, bool IsSmall)> PublicTypesIn(string path)
    {
        var lines = SourceText.WithoutCommentsAndStrings(RepositoryFiles.Read(path)).Split('\n');
        for (var line = 0; line < lines.Length; line++)
        {
            if (PublicType().Match(lines[line]) is { Success: true } match)
            {
                yield return (match.Groups["name"].Value, line + 1, match.Groups["kind"].Value is not ("class" or "interface" or "struct")
                    || match.Groups["name"].Value.EndsWith("Options", StringComparison.Ordinal)
                    || match.Groups["name"].Value.EndsWith("Factory", StringComparison.Ordinal));
            }
        }
    }

    [GeneratedRegex(@"^public\s+(?:(?:static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*(?<kind>record(?:\s+struct|\s+class)?|class|struct|interface|enum)\s+(?<name>\w+)")]
    private static partial Regex PublicType();
}
