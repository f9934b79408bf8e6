using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>The subscriptions of one connection, and those of them that wait for room in its queue.</summary>
/// <remarks>
/// Lives on the connection's shard. Subscriptions that wait take turns, a page each, and one page is read at a time, so a
/// connection that catches up on many channels holds its queue and one page, and no more.
/// </remarks>
internal sealed class SubscriptionSet
{
    private const int Few = 8;

    private readonly Connection _connection;
    private readonly EdgeNode _node;

    // Most connections have a few, which are looked through; only who has many pays for a dictionary.
    private readonly List<Subscription> _all = new(1);
    private Dictionary<ChannelName, Subscription>? _byChannel;
    private Queue<Subscription>? _blocked;
    private bool _isResuming;
    private bool _hasEnded;

    /// <summary>Creates an empty set.</summary>
    public SubscriptionSet(Connection connection, EdgeNode node)
    {
        _connection = connection;
        _node = node;
    }

    /// <summary>How many there are, those being set up included.</summary>
    public int Count => _all.Count;

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<Subscription> All => _all;

    /// <summary>The subscription to a channel, or null.</summary>
    public Subscription? Find(ChannelName channel)
    {
        if (_byChannel is not null)
        {
            return _byChannel.GetValueOrDefault(channel);
        }

        foreach (var subscription in _all)
        {
            if (subscription.Attachment.Name == channel)
            {
                return subscription;
            }
        }

        return null;
    }

    /// <summary>Adds a subscription that is being set up; false when the connection has ended.</summary>
    public bool TryAdd(Subscription subscription)
    {
        if (_hasEnded)
        {
            return false;
        }

        _all.Add(subscription);
        if (_byChannel is not null)
        {
            _byChannel.Add(subscription.Attachment.Name, subscription);
        }
        else if (_all.Count > Few)
        {
            _byChannel = _all.ToDictionary(static each => each.Attachment.Name);
        }

        return true;
    }

    /// <summary>Ends a subscription and gives its channel back. Does nothing when it is over already.</summary>
    public void End(Subscription subscription)
    {
        if (subscription.IsEnded)
        {
            return;
        }

        var wasPresent = subscription.IsLive && subscription.Terms.Presence;
        _all.Remove(subscription);
        _byChannel?.Remove(subscription.Attachment.Name);
        subscription.End();
        if (wasPresent)
        {
            subscription.Attachment.Members.Remove(_connection.Identity!.User);
            subscription.Attachment.Roster.Leave();
        }

        subscription.Attachment.Release();
    }

    /// <summary>The connection has ended: ends all of them.</summary>
    public void EndAll()
    {
        _hasEnded = true;
        foreach (var subscription in _all.ToArray())
        {
            End(subscription);
        }

        _blocked = null;
    }

    /// <summary>Has a subscription that had to stop go on as soon as there is room.</summary>
    public void Block(Subscription subscription)
    {
        if (subscription.IsBlocked)
        {
            return;
        }

        subscription.IsBlocked = true;
        (_blocked ??= new Queue<Subscription>()).Enqueue(subscription);

        // In a later turn: the subscription that blocks is in the middle of being pumped.
        _connection.Shard.Post(OnDrained);
    }

    /// <summary>There may be room again: lets those that wait go on.</summary>
    public void OnDrained()
    {
        if (!_isResuming && _blocked is { Count: > 0 })
        {
            _isResuming = true;
            _node.Track(ResumeAsync());
        }
    }

    /// <summary>Whether some subscription waits for room or for a page; safe to ask from anywhere.</summary>
    public bool IsWaiting => Volatile.Read(ref _blocked) is { Count: > 0 };

    /// <summary>What finishes an open frame: the positions of all channels; null for a carrier that does not track them.</summary>
    public byte[]? EncodePositions()
    {
        if (!_connection.Format.TracksPositions)
        {
            return null;
        }

        var positions = new List<ChannelPosition>(_all.Count);
        foreach (var subscription in _all)
        {
            if (subscription.HasPosition)
            {
                positions.Add(new ChannelPosition(subscription.Attachment.Name, subscription.SentThrough));
            }
        }

        return _connection.Format.EncodePositions(positions);
    }

    private async Task ResumeAsync()
    {
        try
        {
            while (_blocked is not null && _blocked.TryPeek(out var subscription))
            {
                var progress = subscription.IsLive ? subscription.Resume() : Subscription.Progress.Done;
                if (progress == Subscription.Progress.NoRoom)
                {
                    // Asking leaves word with the queue, which calls again once it has drained; it may have by now.
                    if (!_connection.Queue.HasRoom())
                    {
                        return;
                    }

                    continue;
                }

                _blocked.Dequeue();
                if (progress == Subscription.Progress.Done)
                {
                    subscription.IsBlocked = false;
                    continue;
                }

                _blocked.Enqueue(subscription);
                var isGiven = progress == Subscription.Progress.NeedsSnapshot
                    ? await TryTakeSnapshotAsync(subscription)
                    : await TryTakePageAsync(subscription);
                if (!isGiven)
                {
                    return;
                }
            }
        }
        finally
        {
            _isResuming = false;
        }
    }

    /// <summary>Reads what comes next and gives it. False when it cannot be read now; the sweep tries again.</summary>
    private async ValueTask<bool> TryTakePageAsync(Subscription subscription)
    {
        var cursor = subscription.Cursor;
        var page = await subscription.Attachment.ReadPageAsync(cursor);
        if (!subscription.IsLive || subscription.Cursor != cursor)
        {
            return true;
        }

        if (page.Refusal is not null)
        {
            return false;
        }

        subscription.Take(page);

        // A page that brought nothing must not be asked for in a circle.
        return subscription.Cursor != cursor || subscription.OwesSnapshot || !_connection.Queue.HasRoom();
    }

    /// <summary>Reads the latest of each key for one that passed some of them. False when it cannot be read now; the sweep tries again.</summary>
    private static async ValueTask<bool> TryTakeSnapshotAsync(Subscription subscription)
    {
        var cursor = subscription.Cursor;
        var snapshot = await subscription.Attachment.ReadSnapshotAsync(subscription.SnapshotThrough);
        return !subscription.IsLive || subscription.Cursor != cursor || !subscription.OwesSnapshot
            || (snapshot.Refusal is null && subscription.TryTake(snapshot));
    }
}
