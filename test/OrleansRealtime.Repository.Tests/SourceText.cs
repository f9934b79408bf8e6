using System.Text.RegularExpressions;

namespace OrleansRealtime.Repository.Tests;

/// <summary>C# text without what is not code, so that rules do not trip over words in comments and strings.</summary>
internal static partial class SourceText
{
    /// <summary>The text with comments and the insides of strings blanked out, line for line.</summary>
    public static string WithoutCommentsAndStrings(string text) =>
        NotCode().Replace(text, static match => Blank().Replace(match.Value, " "));

    [GeneratedRegex("""
        //[^\n]*
        |/\*.*?\*/
        |\$*"{3,}.*?"{3,}
        |\$?@\$?"(?:[^"]|"")*"
        |\$?"(?:\\.|[^"\\\n])*"
        |'(?:\\.[^']*|[^'\\\n])'
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex NotCode();

    [GeneratedRegex(@"[^\n]")]
    private static partial Regex Blank();
}
