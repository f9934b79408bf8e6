namespace OrleansRealtime.Edge.Limits;

/// <summary>A token bucket: so many units per second, with a burst. Told the time; not safe for concurrent use.</summary>
internal struct TokenBucket
{
    private readonly double _perSecond;
    private readonly double _burst;
    private double _tokens;
    private TimeSpan _filledAt;

    /// <summary>A full bucket.</summary>
    /// <param name="perSecond">How fast it fills; 0 for no limit.</param>
    /// <param name="burst">How much it holds; at least 1 when there is a limit.</param>
    /// <param name="now">The time, on a clock that only goes forward.</param>
    public TokenBucket(double perSecond, double burst, TimeSpan now)
    {
        _perSecond = perSecond;
        _burst = burst;
        _tokens = burst;
        _filledAt = now;
    }

    /// <summary>Takes <paramref name="count"/> units, or says how long to wait until they are there.</summary>
    /// <returns>False when they are not there; then nothing is taken.</returns>
    public bool TryTake(double count, TimeSpan now, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (_perSecond <= 0)
        {
            return true;
        }

        Fill(now);
        if (_tokens >= count)
        {
            _tokens -= count;
            return true;
        }

        wait = TimeSpan.FromSeconds((count - _tokens) / _perSecond);
        return false;
    }

    /// <summary>Whether nothing was taken lately, so that a new bucket would be the same.</summary>
    public bool IsFull(TimeSpan now)
    {
        if (_perSecond <= 0)
        {
            return true;
        }

        Fill(now);
        return _tokens >= _burst;
    }

    private void Fill(TimeSpan now)
    {
        if (now > _filledAt)
        {
            _tokens = Math.Min(_burst, _tokens + ((now - _filledAt).TotalSeconds * _perSecond));
            _filledAt = now;
        }
    }
}
