using System.Diagnostics;

namespace OrleansRealtime.Edge.FanOut;

/// <content>What becomes of a subscriber that is slower than its channel, or asked to be served at intervals.</content>
internal sealed partial class Subscription
{
    private const int MaxKeptSignals = 64;

    private IReadOnlyList<CachedPublication>? _backlog;
    private int _backlogIndex;
    private LatestBuffer? _latest;
    private CachedPublication[]? _flushed;
    private int _flushedIndex;
    private Dictionary<(Sender, string), SignalEvent>? _signals;
    private long _lastGiven;
    private long? _lastFlush;
    private bool _isFlushScheduled;
    private bool _isSlow;
    private bool _hasCaughtUp;

    /// <summary>What trying to go on came to.</summary>
    internal enum Progress
    {
        /// <summary>It is at the head again.</summary>
        Done,

        /// <summary>The queue is full.</summary>
        NoRoom,

        /// <summary>What comes next must be read from the channel.</summary>
        NeedsPage,
    }

    private bool KeepsNewest => Terms.Conflate is not null || (_isSlow && Terms.SlowReader == SlowReaderPolicy.Latest);

    /// <summary>Whether the newest of some keys waits for room, and not for a time.</summary>
    private bool OwesLatest => Terms.Conflate is null && _latest is { IsEmpty: false };

    /// <summary>The number of the oldest publication that the cursor has passed and the client has not been given.</summary>
    private long? OldestOwed =>
        _flushed is not null && _flushedIndex < _flushed.Length ? _flushed[_flushedIndex].Sequence
        : _latest is { IsEmpty: false } latest ? latest.Oldest
        : null;

    /// <summary>Goes on where it had to stop.</summary>
    public Progress Resume()
    {
        if (!GiveBacklog() || !FlushSignals())
        {
            return Progress.NoRoom;
        }

        if (_isSlow && Terms.SlowReader == SlowReaderPolicy.Drop)
        {
            // Announced once there is room again: a gap for each publication would fill the queue just as they do.
            if (!Connection.Queue.HasRoom())
            {
                return Progress.NoRoom;
            }

            SkipToHead();
        }

        if (OwesLatest)
        {
            if (!FlushLatest())
            {
                return Progress.NoRoom;
            }

            _isSlow = false;
        }

        return GiveCached();
    }

    /// <summary>Takes a page that was read for it.</summary>
    public void Take(ReplayPage page)
    {
        if (page.Position.Epoch != _epoch)
        {
            Attachment.Reattach();
            return;
        }

        if (page.IsLost)
        {
            SkipLost(page);
        }

        foreach (var publication in page.Items)
        {
            if (publication.Sequence == _next && !Offer(publication))
            {
                return;
            }
        }

        FlushLatestIfDue();
    }

    /// <summary>Gives it a signal, keeps the newest of each key while there is no room, and drops the others.</summary>
    public void OfferSignal(SignalEvent signal)
    {
        if (!IsLive)
        {
            return;
        }

        if (Connection.Queue.HasRoom())
        {
            Connection.Queue.Append(signal.Frame(Connection.Format));
            Connection.Shard.FlushAtEndOfTurn(Connection);
        }
        else if (signal.Slot is { } slot && (_signals?.Count ?? 0) < MaxKeptSignals)
        {
            (_signals ??= [])[slot] = signal;
            Block();
        }
        else
        {
            _node.Metrics.Dropped("signal");
        }
    }

    /// <summary>The time of the next delivery has come.</summary>
    public void OnFlushDue()
    {
        _isFlushScheduled = false;
        if (IsLive)
        {
            FlushLatestIfDue();
        }
    }

    /// <summary>Gives it the publication at its cursor, or does what its policy says when there is no room. False: stop here.</summary>
    private bool Offer(CachedPublication publication)
    {
        Debug.Assert(publication.Sequence == _next, "A cursor moves by one.");
        if (!KeepsNewest)
        {
            if (Connection.Queue.HasRoom())
            {
                _next++;
                Send(publication);
                return true;
            }

            OnNoRoom();
            if (!KeepsNewest)
            {
                return false;
            }
        }

        _latest ??= new LatestBuffer(_node.Options.QueueBytes);
        if (_latest.IsEmpty)
        {
            _lastGiven = Math.Max(_lastGiven, _next - 1);
        }

        _latest.Put(publication);
        _next++;
        return true;
    }

    private void OnNoRoom()
    {
        if (Connection.IsClosed)
        {
            return;
        }

        if (!_hasCaughtUp)
        {
            // What it was promised at its start may be more than the budget, and says nothing of how fast it reads.
            Block();
            return;
        }

        if (!_isSlow)
        {
            _isSlow = true;
            _node.Metrics.FellBehind(Connection.Queue.PendingBytes);
        }

        if (Terms.SlowReader == SlowReaderPolicy.Close)
        {
            Connection.Close(CloseReason.TooSlow);
        }
        else
        {
            Block();
        }
    }

    private bool GiveBacklog()
    {
        while (_backlog is { } backlog)
        {
            if (!Connection.Queue.HasRoom())
            {
                return false;
            }

            var next = backlog[_backlogIndex++];
            _backlog = _backlogIndex < backlog.Count ? backlog : null;
            Send(next);
        }

        return true;
    }

    private Progress GiveCached()
    {
        while (true)
        {
            var head = Attachment.Head;
            if (head.Generation != _generation)
            {
                Restart(head);
            }

            if (_next > head.Position.Sequence)
            {
                if (OwesLatest)
                {
                    return Progress.NoRoom;
                }

                _isSlow = false;
                _hasCaughtUp = true;
                return Progress.Done;
            }

            if (Attachment.Find(_next) is not { } publication)
            {
                // A page that could not be given would be read again and again.
                return KeepsNewest || Connection.Queue.HasRoom() ? Progress.NeedsPage : Progress.NoRoom;
            }

            if (!Offer(publication))
            {
                return Progress.NoRoom;
            }

            if (Terms.Conflate is not null)
            {
                FlushLatestIfDue();
            }
        }
    }

    /// <summary>Policy <c>drop</c>: what passed meanwhile is announced, and not given.</summary>
    private void SkipToHead()
    {
        var head = Attachment.Head;
        if (head.Generation != _generation)
        {
            return;
        }

        _node.Metrics.Dropped("publication", Math.Max(0, head.Position.Sequence - _next + 1));
        var from = _next;
        _next = Math.Max(_next, head.Position.Sequence + 1);
        _isSlow = false;
        AnnounceGap(from, _next - 1, "slow");
    }

    private void SkipLost(ReplayPage page)
    {
        var oldest = page.Items.Count > 0 ? page.Items[0].Sequence : Attachment.OldestCached;
        if (oldest > _next)
        {
            _node.Metrics.Dropped("publication", oldest - _next);
            var from = _next;
            _next = oldest;
            AnnounceGap(from, oldest - 1, _isSlow ? "slow" : "lost");
        }
    }

    private void FlushLatestIfDue()
    {
        if (_latest is not { IsEmpty: false } || Terms.Conflate is not { } interval)
        {
            return;
        }

        var elapsed = _lastFlush is { } last ? _node.Clock.GetElapsedTime(last) : interval;
        if (elapsed >= interval)
        {
            if (!FlushLatest())
            {
                Block();
            }
        }
        else if (!_isFlushScheduled)
        {
            _isFlushScheduled = true;
            _node.Conflation.Schedule(this, interval - elapsed);
        }
    }

    /// <summary>Gives it the newest of each key; false when there is no room, and nothing was given.</summary>
    private bool FlushLatest()
    {
        if (!Connection.Queue.HasRoom())
        {
            return false;
        }

        var owesGaps = Terms.Conflate is null || _latest!.HasOverflown;
        _flushed = _latest!.Take();
        for (_flushedIndex = 0; _flushedIndex < _flushed.Length;)
        {
            var publication = _flushed[_flushedIndex];
            if (owesGaps)
            {
                AnnounceGap(_lastGiven + 1, publication.Sequence - 1, "conflated");
            }

            _flushedIndex++;
            Send(publication);
            _lastGiven = publication.Sequence;
        }

        _flushed = null;

        _lastFlush = _node.Clock.GetTimestamp();
        return true;
    }

    private bool FlushSignals()
    {
        if (_signals is null)
        {
            return true;
        }

        foreach (var (slot, signal) in _signals)
        {
            if (!Connection.Queue.HasRoom())
            {
                return false;
            }

            Connection.Queue.Append(signal.Frame(Connection.Format));
            Connection.Shard.FlushAtEndOfTurn(Connection);
            _signals.Remove(slot);
        }

        _signals = null;
        return true;
    }
}
