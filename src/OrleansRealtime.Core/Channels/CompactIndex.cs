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

    /// <summary>
    /// How many removals are remembered: 1000. Who lost a stretch of the channel must hear what was removed in it; who lost more is
    /// told so, and reads the snapshot anew.
    /// </summary>
    public const int MaxRemovals = 1000;

    // The channel of a user's status has one key; only what has more pays for a dictionary. At most one of the two is there.
    private Publication? _only;
    private Dictionary<string, Publication>? _latest;

    // Null until the first removal.
    private Dictionary<string, Publication>? _removed;
    private Queue<Publication>? _removals;

    /// <summary>Creates an empty index that is told of everything after <paramref name="since"/>.</summary>
    public CompactIndex(long since) => RemovalsKnownAfter = since;

    /// <summary>The sequence after which every key that was removed, and has no value since, is in <see cref="Removed"/>.</summary>
    public long RemovalsKnownAfter { get; private set; }

    /// <summary>How many keys there are.</summary>
    public int Count => _latest?.Count ?? (_only is null ? 0 : 1);

    /// <summary>Whether this key has a value.</summary>
    public bool Contains(string key) => _latest?.ContainsKey(key) ?? _only?.Key == key;

    /// <summary>Takes in the next publication; one without a key changes nothing, a tombstone removes its key.</summary>
    public void Apply(Publication publication)
    {
        if (publication.Key is not { } key)
        {
            return;
        }

        if (publication.IsTombstone)
        {
            Remove(key);
            Remember(publication, key);
        }
        else
        {
            _removed?.Remove(key);
            Put(publication, key);
        }
    }

    /// <summary>Takes in a publication that came before others which were applied already, if it is a removal that still counts.</summary>
    public void ApplyRemoval(Publication publication)
    {
        if (publication is { Key: { } key, IsTombstone: true } && !Contains(key))
        {
            Remember(publication, key);
        }
    }

    /// <summary>All latest publications, ascending.</summary>
    public ImmutableArray<Publication> Snapshot() =>
        _latest is not null ? Ascending(_latest) : _only is not null ? [_only] : [];

    /// <summary>The latest tombstones of keys without a value, ascending; of the last removals only.</summary>
    public ImmutableArray<Publication> Removed() => _removed is null ? [] : Ascending(_removed);

    private void Put(Publication publication, string key)
    {
        if (_latest is null && (_only is null || _only.Key == key))
        {
            _only = publication;
            return;
        }

        if (_latest is null)
        {
            _latest = new Dictionary<string, Publication> { [_only!.Key!] = _only };
            _only = null;
        }

        _latest[key] = publication;
    }

    private void Remove(string key)
    {
        if (_latest is not null)
        {
            _latest.Remove(key);
        }
        else if (_only?.Key == key)
        {
            _only = null;
        }
    }

    private void Remember(Publication tombstone, string key)
    {
        (_removed ??= [])[key] = tombstone;
        (_removals ??= []).Enqueue(tombstone);
        if (_removals.Count > MaxRemovals)
        {
            var oldest = _removals.Dequeue();
            RemovalsKnownAfter = oldest.Sequence;
            if (_removed.TryGetValue(oldest.Key!, out var latest) && ReferenceEquals(latest, oldest))
            {
                _removed.Remove(oldest.Key!);
            }
        }
    }

    private static ImmutableArray<Publication> Ascending(Dictionary<string, Publication> publications)
    {
        var all = new Publication[publications.Count];
        publications.Values.CopyTo(all, 0);
        Array.Sort(all, static (a, b) => a.Sequence.CompareTo(b.Sequence));
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(all);
    }
}
