namespace OrleansRealtime.Core.Channels;

/// <summary>A rate with a burst of one second's worth. A new bucket is full.</summary>
/// <remarks>A mutable value: keep it in one place. A bucket that was left alone for a second is full, hence as good as new.</remarks>
internal struct TokenBucket
{
    private double _missing;
    private DateTimeOffset _at;

    /// <summary>How long a bucket takes to fill: 1 s.</summary>
    public static readonly TimeSpan FillTime = TimeSpan.FromSeconds(1);

    /// <summary>Whether the bucket is full by now, whatever its rate.</summary>
    public readonly bool IsFull(DateTimeOffset now) => now - _at >= FillTime;

    /// <summary>How long until a token can be taken; zero when one can be taken now.</summary>
    public readonly TimeSpan WaitFor(int perSecond, DateTimeOffset now)
    {
        var lacking = MissingAt(perSecond, now) + 1 - perSecond;
        // Rounded up to the tick, so that waiting exactly this long is enough.
        return lacking <= 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)Math.Ceiling(lacking / perSecond * TimeSpan.TicksPerSecond));
    }

    /// <summary>Takes a token that <see cref="WaitFor"/> said is there.</summary>
    public void Take(int perSecond, DateTimeOffset now)
    {
        _missing = MissingAt(perSecond, now) + 1;
        _at = now;
    }

    private readonly double MissingAt(int perSecond, DateTimeOffset now)
    {
        var elapsed = now - _at;
        // Whole ticks are added and rounded; a millionth of a token of slack keeps that from refusing what is due.
        return elapsed >= FillTime ? 0 : Math.Max(0, _missing - (elapsed.TotalSeconds * perSecond) - 1e-6);
    }
}
