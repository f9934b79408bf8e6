using System.Collections.Immutable;

namespace OrleansRealtime.Core.Channels;

/// <summary>The latest publication of each key of a compact channel.</summary>
internal sealed class CompactIndex
{
    /// <summary>
    /// How many keys a compact channel may have: 10000. A snapshot is sent to every new subscriber, so more would be no snapshot
    /// but a database; and keys are not trimmed by age, so there must be an end.
    /// </summary>
    public const int MaxKeys = 10_000;

    private readonly Dictionary<string, Publication> _latest = [];

    /// <summary>How many keys there are.</summary>
    public int Count => _latest.Count;

    /// <summary>Whether this key has a value.</summary>
    public bool Contains(string key) => _latest.ContainsKey(key);

    /// <summary>Takes in the next publication; one without a key changes nothing, a tombstone removes its key.</summary>
    public void Apply(Publication publication)
    {
        if (publication.Key is not { } key)
        {
            return;
        }

        if (publication.IsTombstone)
        {
            _latest.Remove(key);
        }
        else
        {
            _latest[key] = publication;
        }
    }

    /// <summary>All latest publications, ascending.</summary>
    public ImmutableArray<Publication> Snapshot()
    {
        var all = new Publication[_latest.Count];
        _latest.Values.CopyTo(all, 0);
        Array.Sort(all, static (a, b) => a.Sequence.CompareTo(b.Sequence));
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(all);
    }
}
