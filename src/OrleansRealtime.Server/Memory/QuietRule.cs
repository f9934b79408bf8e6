namespace OrleansRealtime.Server.Memory;

/// <summary>Decides when the heap is compacted: when the node is quiet after many connections came or went. Pure: it is told the time.</summary>
/// <remarks>
/// What a connection needs while it is let in is several times what it keeps, and lies between what it keeps. The collector has
/// no reason to look there before as much again was allocated, which on a quiet node is hours later. Not safe for concurrent use.
/// </remarks>
internal sealed class QuietRule
{
    /// <summary>How many connections must have come or gone since the last time: 1000, which leave some 5 MB behind.</summary>
    public const int MinMoves = 1000;

    /// <summary>How much may be in use at most: 256 MB, since everybody waits while it is moved, for about 1 ms per MB.</summary>
    public const long MaxBytesInUse = 256 * 1024 * 1024;

    // As many per second as come and go on a node at rest, and few enough that next to nobody notices a pause.
    private const double QuietMoves = 10;
    private const double QuietPublications = 100;
    private const double QuietBytes = 16 * 1024;

    /// <summary>How long it must have been quiet: 2 s.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    /// <summary>How long is left between two times at least, however often it becomes quiet: 1 min.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private NodeActivity _last;
    private TimeSpan _lookedAt;
    private TimeSpan _busyAt;
    private TimeSpan? _compactedAt;
    private long _movesThen;

    /// <summary>Creates the rule of a node that has done nothing yet.</summary>
    public QuietRule(TimeSpan now) => _lookedAt = _busyAt = now;

    /// <summary>Looks at what the node does; to be called about once a second.</summary>
    /// <param name="total">What it has done until now.</param>
    /// <param name="bytesInUse">How much lives on the heap, at most.</param>
    /// <param name="now">The time, on a clock that only goes forward.</param>
    /// <returns>Whether to compact the heap now.</returns>
    public bool Look(in NodeActivity total, long bytesInUse, TimeSpan now)
    {
        if (!IsQuiet(total, (now - _lookedAt).TotalSeconds))
        {
            _busyAt = now;
        }

        (_last, _lookedAt) = (total, now);
        if (now - _busyAt < Quiet
            || total.Moves - _movesThen < MinMoves
            || bytesInUse > MaxBytesInUse
            || now - _compactedAt < Rest)
        {
            return false;
        }

        (_compactedAt, _movesThen) = (now, total.Moves);
        return true;
    }

    private bool IsQuiet(in NodeActivity total, double seconds) =>
        total.Moves - _last.Moves <= QuietMoves * seconds
        && total.Publications - _last.Publications <= QuietPublications * seconds
        && total.Bytes - _last.Bytes <= QuietBytes * seconds;
}
