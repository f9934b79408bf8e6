namespace OrleansRealtime.Edge.Limits;

/// <summary>A circuit breaker: cuts off repeat offenders, each time for twice as long. Safe for concurrent use.</summary>
/// <remarks>
/// The first offence is free, since a bug in a client looks like it; the second cuts off for 10 s, and so on up to one hour.
/// An hour without an offence forgives everything. Remembers the <see cref="Capacity"/> latest offenders.
/// </remarks>
internal sealed class OffenderTable
{
    /// <summary>How many offenders are remembered: 10,000.</summary>
    public const int Capacity = 10_000;

    /// <summary>How long the first cut-off lasts.</summary>
    public static readonly TimeSpan FirstCutOff = TimeSpan.FromSeconds(10);

    /// <summary>How long a cut-off lasts at most, and after how long without an offence all is forgiven.</summary>
    public static readonly TimeSpan LongestCutOff = TimeSpan.FromHours(1);

    /// <summary>How many bad API keys from one address make an offence: 10. A few are a key that was rotated.</summary>
    public const int StrikesPerOffence = 10;

    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Dictionary<OffenderKey, LinkedListNode<Offender>> _offenders = [];
    private readonly LinkedList<Offender> _byLatest = new();

    /// <summary>An empty table.</summary>
    public OffenderTable(TimeProvider clock) => _clock = clock;

    /// <summary>Counts an offence: a close with 4029.</summary>
    public void Report(OffenderKey key)
    {
        var now = Uptime.Of(_clock);
        lock (_lock)
        {
            ReportLocked(TakeLocked(key, now), now);
        }
    }

    /// <summary>Counts a bad API key; every <see cref="StrikesPerOffence"/>th is an offence.</summary>
    public void Strike(OffenderKey key)
    {
        var now = Uptime.Of(_clock);
        lock (_lock)
        {
            var known = TakeLocked(key, now);
            if (known.Strikes + 1 >= StrikesPerOffence)
            {
                ReportLocked(known with { Strikes = 0 }, now);
            }
            else
            {
                PutLocked(known with { Strikes = known.Strikes + 1, Latest = now });
            }
        }
    }

    private void ReportLocked(Offender known, TimeSpan now)
    {
        var offences = known.Offences + 1;
        PutLocked(known with { Offences = offences, Latest = now, Until = now + CutOffAfter(offences) });
    }

    /// <summary>Takes out what is known of someone, and is not forgiven yet.</summary>
    private Offender TakeLocked(OffenderKey key, TimeSpan now)
    {
        if (_offenders.Remove(key, out var known))
        {
            _byLatest.Remove(known);
            if (now - known.Value.Latest < LongestCutOff)
            {
                return known.Value;
            }
        }
        else if (_offenders.Count >= Capacity)
        {
            _offenders.Remove(_byLatest.First!.Value.Key);
            _byLatest.RemoveFirst();
        }

        return new Offender(key, 0, 0, now, now);
    }

    private void PutLocked(Offender offender) => _offenders[offender.Key] = _byLatest.AddLast(offender);

    /// <summary>Whether <paramref name="key"/> is cut off now, and for how long.</summary>
    public bool IsCutOff(OffenderKey key, out TimeSpan remaining)
    {
        var now = Uptime.Of(_clock);
        lock (_lock)
        {
            remaining = _offenders.TryGetValue(key, out var known) ? known.Value.Until - now : TimeSpan.Zero;
            return remaining > TimeSpan.Zero;
        }
    }

    private static TimeSpan CutOffAfter(int offences)
    {
        if (offences < 2)
        {
            return TimeSpan.Zero;
        }

        // 2^9 * 10 s is beyond the hour already; the cap keeps the shift small.
        var doubled = FirstCutOff * (1 << Math.Min(offences - 2, 9));
        return doubled < LongestCutOff ? doubled : LongestCutOff;
    }

    private readonly record struct Offender(OffenderKey Key, int Offences, int Strikes, TimeSpan Latest, TimeSpan Until);
}
