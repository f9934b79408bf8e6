using System.Runtime.InteropServices;

namespace OrleansRealtime.Edge.Limits;

/// <summary>Handshake rate and connection count of each address. Bounded; not safe for concurrent use.</summary>
/// <remarks>
/// An address with a connection is always kept. When more others than <see cref="Capacity"/> were seen lately, new ones come in
/// unmetered: forgetting those that are being limited would free exactly them, and the node's own limits still hold.
/// </remarks>
internal sealed class AddressTable(int handshakesPerSecond)
{
    /// <summary>How many addresses are metered at once: 65,536.</summary>
    public const int Capacity = 65_536;

    // Looking through all entries is not worth it more often than the buckets of one second fill.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly BucketRate _rate = new(handshakesPerSecond, handshakesPerSecond);
    private readonly Dictionary<OffenderKey, Entry> _entries = [];
    private TimeSpan _sweptAt = TimeSpan.MinValue;

    /// <summary>How many addresses are in the table.</summary>
    public int Count => _entries.Count;

    /// <summary>Takes one handshake from the address's rate.</summary>
    public bool TryTakeHandshake(OffenderKey key, TimeSpan now, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (handshakesPerSecond <= 0 || !HasRoomFor(key, now))
        {
            return true;
        }

        return Find(key, now).Handshakes.TryTake(_rate, 1, now, out wait);
    }

    /// <summary>Counts a connection unless the address has <paramref name="limit"/> already; 0 for no limit.</summary>
    public bool TryAddConnection(OffenderKey key, int limit, TimeSpan now)
    {
        ref var entry = ref Find(key, now);
        if (limit > 0 && entry.Connections >= limit)
        {
            return false;
        }

        entry.Connections++;
        return true;
    }

    /// <summary>Takes back what <see cref="TryAddConnection"/> counted.</summary>
    public void RemoveConnection(OffenderKey key)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, key);
        entry.Connections--;
        if (entry.Connections == 0 && handshakesPerSecond <= 0)
        {
            _entries.Remove(key);
        }
    }

    private ref Entry Find(OffenderKey key, TimeSpan now)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, key, out var isKnown);
        if (!isKnown)
        {
            entry.Handshakes = new TokenBucket(_rate, now);
        }

        return ref entry;
    }

    private bool HasRoomFor(OffenderKey key, TimeSpan now)
    {
        if (_entries.Count < Capacity || _entries.ContainsKey(key))
        {
            return true;
        }

        if (_sweptAt == TimeSpan.MinValue || now - _sweptAt >= SweepInterval)
        {
            _sweptAt = now;
            foreach (var (candidate, entry) in _entries)
            {
                var bucket = entry.Handshakes;
                if (entry.Connections == 0 && bucket.IsFull(_rate, now))
                {
                    _entries.Remove(candidate);
                }
            }
        }

        return _entries.Count < Capacity;
    }

    private struct Entry
    {
        public TokenBucket Handshakes;
        public int Connections;
    }
}
