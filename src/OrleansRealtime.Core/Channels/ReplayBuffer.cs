using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace OrleansRealtime.Core.Channels;

/// <summary>The latest publications of a channel, without a hole: a ring that grows up to what its retention keeps.</summary>
internal sealed class ReplayBuffer
{
    // Many channels hold one publication, as those of users' status do.
    private const int SmallestRing = 2;

    // A larger ring is not kept for nothing.
    private const int LargestEmptyRing = 16;

    private Publication[] _ring = [];
    private int _first;

    /// <summary>Creates an empty buffer of a channel whose last publication is <paramref name="last"/>.</summary>
    public ReplayBuffer(long last) => Last = last;

    /// <summary>The last sequence of the channel, whether or not that publication is still here.</summary>
    public long Last { get; private set; }

    /// <summary>How many publications are here.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes of payload are here.</summary>
    public long Bytes { get; private set; }

    /// <summary>The oldest sequence from which everything to the last is here; last + 1 when nothing is.</summary>
    public long Oldest => Last - Count + 1;

    /// <summary>The time of the newest publication here, or null when nothing is here.</summary>
    public DateTimeOffset? NewestTime => Count == 0 ? null : At(Last).Time;

    /// <summary>The publication with this sequence, which must be here.</summary>
    public Publication At(long sequence)
    {
        if (sequence < Oldest || sequence > Last)
        {
            throw new ArgumentOutOfRangeException(nameof(sequence), sequence, $"The buffer holds {Oldest} to {Last}.");
        }

        return _ring[Slot((int)(sequence - Oldest))];
    }

    /// <summary>Adds the next publication.</summary>
    /// <exception cref="InvalidOperationException">It is not the next: the numbering is broken.</exception>
    public void Append(Publication publication)
    {
        if (publication.Sequence != Last + 1)
        {
            throw new InvalidOperationException($"Publication {publication.Sequence} cannot follow {Last}.");
        }

        MakeRoom();
        _ring[Slot(Count)] = publication;
        Count++;
        Last++;
        Bytes += publication.Payload.Length;
    }

    /// <summary>Adds the publication before the oldest; used to fill the buffer from a log, newest first.</summary>
    /// <exception cref="InvalidOperationException">It is not the one before: the log has a hole.</exception>
    public void Prepend(Publication publication)
    {
        if (publication.Sequence != Oldest - 1)
        {
            throw new InvalidOperationException($"Publication {publication.Sequence} cannot precede {Oldest}.");
        }

        MakeRoom();
        _first = (_first - 1 + _ring.Length) % _ring.Length;
        _ring[_first] = publication;
        Count++;
        Bytes += publication.Payload.Length;
    }

    /// <summary>Drops, oldest first, what exceeds any of the limits.</summary>
    public void Trim(in Retention retention, DateTimeOffset now)
    {
        while (Count > 0 && (Count > retention.Count || Bytes > retention.Bytes || retention.IsTooOld(_ring[_first].Time, now)))
        {
            Bytes -= _ring[_first].Payload.Length;
            _ring[_first] = null!;
            _first = (_first + 1) % _ring.Length;
            Count--;
        }

        if (Count == 0 && _ring.Length > LargestEmptyRing)
        {
            _ring = [];
            _first = 0;
        }
    }

    /// <summary>
    /// The first publications of <c>after &lt; sequence &lt;= through</c>, all of which must be here, ascending, until a limit is
    /// reached; at least one if there is one.
    /// </summary>
    public ImmutableArray<Publication> Forward(long after, long through, int maxCount, long maxBytes)
    {
        var end = after;
        long bytes = 0;
        while (end < through && end - after < maxCount)
        {
            bytes += At(end + 1).Payload.Length;
            if (bytes > maxBytes && end > after)
            {
                break;
            }

            end++;
        }

        return Copy(after, end);
    }

    /// <summary>As <see cref="Forward"/>, but the last of them, newest first.</summary>
    public ImmutableArray<Publication> Backward(long after, long through, int maxCount, long maxBytes)
    {
        var start = through;
        long bytes = 0;
        while (start > after && through - start < maxCount)
        {
            bytes += At(start).Payload.Length;
            if (bytes > maxBytes && start < through)
            {
                break;
            }

            start--;
        }

        var found = ImmutableCollectionsMarshal.AsArray(Copy(start, through))!;
        Array.Reverse(found);
        return ImmutableCollectionsMarshal.AsImmutableArray(found);
    }

    private ImmutableArray<Publication> Copy(long after, long through)
    {
        if (through <= after)
        {
            return [];
        }

        var copy = new Publication[through - after];
        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = At(after + 1 + i);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(copy);
    }

    private int Slot(int index) => (_first + index) % _ring.Length;

    private void MakeRoom()
    {
        if (Count < _ring.Length)
        {
            return;
        }

        var larger = new Publication[Math.Max(SmallestRing, _ring.Length * 2)];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = _ring[Slot(i)];
        }

        _ring = larger;
        _first = 0;
    }
}
