namespace OrleansRealtime.Client.Reconnect;

/// <summary>Full jitter: chance between 0 and min(the greatest wait, 0.5 s · 2^attempt). Immutable.</summary>
/// <param name="Max">The greatest wait.</param>
/// <param name="Jitter">Chance from 0 (included) to 1 (excluded).</param>
internal sealed record Backoff(TimeSpan Max, Func<double> Jitter)
{
    private static readonly TimeSpan Base = TimeSpan.FromMilliseconds(500);

    /// <summary>How long to wait before this attempt; the first after a good connection is 0.</summary>
    public TimeSpan Next(int attempt)
    {
        // 2^16 half seconds exceed every sensible greatest wait; beyond, the product would only overflow.
        var ceiling = Base * Math.Pow(2, Math.Min(attempt, 16));
        return (ceiling < Max ? ceiling : Max) * Jitter();
    }
}
