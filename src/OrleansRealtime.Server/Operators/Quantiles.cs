namespace OrleansRealtime.Server.Operators;

/// <summary>Estimates quantiles from buckets. Pure.</summary>
internal static class Quantiles
{
    /// <summary>The value below which <paramref name="share"/> of all lie, straight between the bounds of its bucket; null when there is none.</summary>
    /// <param name="bounds">The upper bounds of the buckets, ascending; the last bucket is for those above all of them.</param>
    /// <param name="counts">How many values fell into each bucket: one more than bounds.</param>
    /// <param name="share">From 0 to 1.</param>
    public static double? Of(double[] bounds, double[] counts, double share)
    {
        var rank = counts.Sum() * share;
        if (rank <= 0)
        {
            return null;
        }

        double below = 0;
        for (var i = 0; i < bounds.Length; i++)
        {
            if (below + counts[i] >= rank)
            {
                var lower = i == 0 ? 0 : bounds[i - 1];
                return lower + ((bounds[i] - lower) * (rank - below) / counts[i]);
            }

            below += counts[i];
        }

        // Nothing is known of these but that they are larger.
        return bounds[^1];
    }
}
