using System.Diagnostics;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>The latest publications of a channel, contiguous, within a budget of bytes; the newest one always stays.</summary>
/// <remarks>Not safe for concurrent use: its attachment guards it.</remarks>
internal sealed class ReplayCache
{
    private readonly long _maxBytes;
    private CachedPublication[] _ring = new CachedPublication[8];
    private int _start;
    private long _bytes;

    /// <summary>Creates an empty cache.</summary>
    public ReplayCache(long maxBytes) => _maxBytes = maxBytes;

    /// <summary>How many publications it holds.</summary>
    public int Count { get; private set; }

    /// <summary>The oldest number it holds; meaningless when it is empty.</summary>
    public long First => Count == 0 ? 0 : _ring[_start].Sequence;

    /// <summary>The newest number it holds; meaningless when it is empty.</summary>
    public long Last => First + Count - 1;

    /// <summary>Whether it holds everything from <paramref name="sequence"/> to its newest.</summary>
    public bool Covers(long sequence) => Count > 0 && sequence >= First && sequence <= Last;

    /// <summary>The publication of a number that it <see cref="Covers"/>.</summary>
    public CachedPublication this[long sequence]
    {
        get
        {
            Debug.Assert(Covers(sequence), "Asked for a publication that the cache does not hold.");
            return _ring[(_start + (int)(sequence - First)) & (_ring.Length - 1)];
        }
    }

    /// <summary>Adds the next publication and lets go of the oldest beyond the budget.</summary>
    public void Add(CachedPublication publication)
    {
        Debug.Assert(Count == 0 || publication.Sequence == Last + 1, "The cache must stay contiguous.");
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_start + Count) & (_ring.Length - 1)] = publication;
        Count++;
        _bytes += publication.Size;
        while (_bytes > _maxBytes && Count > 1)
        {
            RemoveFirst();
        }
    }

    /// <summary>Whether so many publications before its oldest would fit as well, if they are as large as those that it holds.</summary>
    public bool HasRoomFor(long older) => Count > 0 && _bytes + (older * (_bytes / Count)) <= _maxBytes;

    /// <summary>
    /// Adds what precedes its oldest, newest first, as far as the budget goes: nothing newer is let go of for it.
    /// </summary>
    public void AddBefore(ReadOnlySpan<CachedPublication> older)
    {
        for (var i = older.Length - 1; i >= 0 && _bytes + older[i].Size <= _maxBytes; i--)
        {
            Debug.Assert(Count > 0 && older[i].Sequence == First - 1, "The cache must stay contiguous.");
            if (Count == _ring.Length)
            {
                Grow();
            }

            _start = (_start - 1) & (_ring.Length - 1);
            _ring[_start] = older[i];
            _bytes += older[i].Size;
            Count++;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_ring);
        _start = 0;
        Count = 0;
        _bytes = 0;
    }

    private void RemoveFirst()
    {
        _bytes -= _ring[_start].Size;
        _ring[_start] = null!;
        _start = (_start + 1) & (_ring.Length - 1);
        Count--;
    }

    private void Grow()
    {
        var larger = new CachedPublication[_ring.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = _ring[(_start + i) & (_ring.Length - 1)];
        }

        _ring = larger;
        _start = 0;
    }
}
