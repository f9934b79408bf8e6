namespace OrleansRealtime.Server.Metrics;

/// <summary>Turns the names and units of instruments into those that Prometheus knows. Pure.</summary>
internal static class MetricNames
{
    private static readonly double[] Seconds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly double[] Bytes =
        [1024, 4096, 16_384, 65_536, 131_072, 262_144, 524_288, 1_048_576, 4_194_304, 16_777_216];

    private static readonly double[] Counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000];

    /// <summary>The name of a family: the unit last, unless it is said already, and <c>_total</c> after counters.</summary>
    public static string OfFamily(string instrument, string? unit, MetricKind kind)
    {
        var name = Clean(instrument);
        var suffix = unit switch { "s" => "seconds", "By" => "bytes", _ => null };
        if (suffix is not null && !name.Split('_').Contains(suffix))
        {
            name = $"{name}_{suffix}";
        }

        return kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>A name of letters, digits and underscores, as families and labels must have.</summary>
    public static string Clean(string name)
    {
        var cleaned = string.Create(name.Length, name, static (letters, from) =>
        {
            for (var i = 0; i < letters.Length; i++)
            {
                letters[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
            }
        });
        return cleaned.Length == 0 || char.IsAsciiDigit(cleaned[0]) ? "_" + cleaned : cleaned;
    }

    /// <summary>The bounds of the buckets for values of a unit.</summary>
    public static double[] BoundsOf(string? unit) => unit switch { "s" => Seconds, "By" => Bytes, _ => Counts };
}
