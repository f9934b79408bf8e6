namespace OrleansRealtime.Server.Configuration;

/// <summary>Guesses which known word a misspelt one was meant to be. Pure.</summary>
internal static class NearestWord
{
    /// <summary>The word that takes the fewest edits, whatever their number; null when there are no words.</summary>
    public static string? Find(string written, IEnumerable<string> known) =>
        known.MinBy(word => Distance(written.ToUpperInvariant(), word.ToUpperInvariant()));

    /// <summary>How many letters must be added, removed or changed (Levenshtein).</summary>
    internal static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var change = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
