namespace OrleansRealtime.Edge.Limits;

/// <summary>A token bucket: so many units per second, with a burst. Told its rate and the time; not safe for concurrent use.</summary>
internal struct TokenBucket
{
    private double _tokens;
    private TimeSpan _filledAt;

    /// <summary>A full bucket.</summary>
    /// <param name="rate">How it fills; the same is to be given to every other member.</param>
    /// <param name="now">The time, on a clock that only goes forward.</param>
    public TokenBucket(in BucketRate rate, TimeSpan now)
    {
        _tokens = rate.Burst;
        _filledAt = now;
    }

    /// <summary>Takes <paramref name="count"/> units, or says how long to wait until they are there.</summary>
    /// <returns>False when they are not there; then nothing is taken.</returns>
    public bool TryTake(in BucketRate rate, double count, TimeSpan now, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (rate.PerSecond <= 0)
        {
            return true;
        }

        Fill(rate, now);
        if (_tokens >= count)
        {
            _tokens -= count;
            return true;
        }

        wait = TimeSpan.FromSeconds((count - _tokens) / rate.PerSecond);
        return false;
    }

    /// <summary>Whether nothing was taken lately, so that a new bucket would be the same.</summary>
    public bool IsFull(in BucketRate rate, TimeSpan now)
    {
        if (rate.PerSecond <= 0)
        {
            return true;
        }

        Fill(rate, now);
        return _tokens >= rate.Burst;
    }

    private void Fill(in BucketRate rate, TimeSpan now)
    {
        if (now > _filledAt)
        {
            _tokens = Math.Min(rate.Burst, _tokens + ((now - _filledAt).TotalSeconds * rate.PerSecond));
            _filledAt = now;
        }
    }
}
