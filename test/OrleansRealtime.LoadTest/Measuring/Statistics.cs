namespace OrleansRealtime.LoadTest.Measuring;

/// <summary>What many runs come to. Pure.</summary>
internal static class Statistics
{
    /// <summary>The middle value, or the mean of the two in the middle; at least one is needed.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
