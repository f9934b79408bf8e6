namespace OrleansRealtime.Edge.FanOut;

/// <summary>The newest publication of each key that a subscriber has not been given yet, within a budget of bytes.</summary>
/// <remarks>Publications without a key count as one key. Lives on a shard.</remarks>
internal sealed class LatestBuffer
{
    private readonly Dictionary<string, CachedPublication> _byKey = new(StringComparer.Ordinal);
    private readonly long _maxBytes;
    private long _bytes;

    /// <summary>Creates an empty buffer.</summary>
    public LatestBuffer(long maxBytes) => _maxBytes = maxBytes;

    /// <summary>Whether there is nothing to give.</summary>
    public bool IsEmpty => _byKey.Count == 0;

    /// <summary>The oldest number in it; meaningless when it is empty.</summary>
    public long Oldest => _byKey.Values.Min(static publication => publication.Sequence);

    /// <summary>Whether a key was let go because of the budget since the last <see cref="Take"/>, so that a gap is owed to any subscriber.</summary>
    public bool HasOverflown { get; private set; }

    /// <summary>Whether a publication can be kept without letting go of another key; one always can.</summary>
    public bool HasRoomFor(CachedPublication publication)
    {
        var earlier = _byKey.TryGetValue(publication.Publication.Key ?? string.Empty, out var kept) ? kept.Size : 0;
        return IsEmpty || _bytes - earlier + publication.Size <= _maxBytes;
    }

    /// <summary>Keeps a publication in place of the earlier one of its key.</summary>
    public void Put(CachedPublication publication)
    {
        var key = publication.Publication.Key ?? string.Empty;
        if (_byKey.Remove(key, out var earlier))
        {
            _bytes -= earlier.Size;
        }

        _byKey.Add(key, publication);
        _bytes += publication.Size;
        while (_bytes > _maxBytes && _byKey.Count > 1)
        {
            DropOldest();
        }
    }

    /// <summary>Empties it, in the order of numbers.</summary>
    public CachedPublication[] Take()
    {
        var all = _byKey.Values.OrderBy(static publication => publication.Sequence).ToArray();
        Clear();
        return all;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _byKey.Clear();
        _bytes = 0;
        HasOverflown = false;
    }

    private void DropOldest()
    {
        var oldest = _byKey.MinBy(static pair => pair.Value.Sequence);
        _byKey.Remove(oldest.Key);
        _bytes -= oldest.Value.Size;
        HasOverflown = true;
    }
}
