using System.Diagnostics;

namespace OrleansRealtime.Edge.FanOut;

/// <content>What becomes of a subscriber that is slower than its channel, or asked to be served at intervals.</content>
internal sealed partial class Subscription
{
    private const int MaxKeptSignals = 64;

    private LatestBuffer? _latest;
    private string? _lossReason;
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

        /// <summary>The latest of each key must be read from the channel.</summary>
        NeedsSnapshot,
    }

    private bool KeepsNewest => Terms.Conflate is not null || (_isSlow && Terms.SlowReader == SlowReaderPolicy.Latest);

    /// <summary>Whether the newest of some keys waits for room, and not for a time.</summary>
    private bool OwesLatest => _latest is { IsEmpty: false } && UntilDue <= TimeSpan.Zero;

    private string LossReason => _isSlow ? "slow" : "lost";

    /// <summary>How long a subscriber that is served at intervals still waits; not above zero when its time has come.</summary>
    private TimeSpan UntilDue =>
        Terms.Conflate is { } interval && _lastFlush is { } last ? interval - _node.Clock.GetElapsedTime(last) : TimeSpan.Zero;

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

        if (OwesSnapshot)
        {
            return AskForSnapshot();
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
            OnLost(page);
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
        if (!_latest.HasRoomFor(publication) && Attachment.IsCompact)
        {
            // What would be let go of the channel has as well.
            OweSnapshot(publication.Sequence);
            return false;
        }

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
                // It may have had to stop when the time of its delivery had come.
                FlushLatestIfDue();
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

    /// <summary>Passes what the channel does not have any more; a compact channel still has the latest of each key of it.</summary>
    private void OnLost(ReplayPage page)
    {
        var oldest = page.Items.Length > 0 ? page.Items[0].Sequence : page.Position.Sequence + 1;
        var through = Math.Min(oldest, Attachment.OldestCached) - 1;
        if (through < _next)
        {
            return;
        }

        if (Attachment.IsCompact)
        {
            OweSnapshot(through);
            return;
        }

        _node.Metrics.Dropped("publication", through - _next + 1);
        var from = _next;
        _next = through + 1;
        if (_latest is { IsEmpty: false })
        {
            // Announced with what is owed from before: a client drops what comes after a gap and is older.
            _lossReason = LossReason;
        }
        else
        {
            AnnounceGap(from, through, LossReason);
        }
    }

    private void FlushLatestIfDue()
    {
        if (Terms.Conflate is null || (_latest is not { IsEmpty: false } && !OwesSnapshot))
        {
            return;
        }

        if (UntilDue <= TimeSpan.Zero)
        {
            if (OwesSnapshot || !FlushLatest())
            {
                Block();
            }
        }
        else if (!_isFlushScheduled)
        {
            _isFlushScheduled = true;
            _node.Conflation.Schedule(this, UntilDue);
        }
    }

    /// <summary>Gives it the newest of each key; false when there is no room, and nothing was given.</summary>
    private bool FlushLatest()
    {
        if (!Connection.Queue.HasRoom())
        {
            return false;
        }

        var owesGaps = Terms.Conflate is null || _latest!.HasOverflown || _lossReason is not null;
        var reason = _lossReason ?? "conflated";
        _lossReason = null;
        _flushed = _latest!.Take();
        for (_flushedIndex = 0; _flushedIndex < _flushed.Length;)
        {
            var publication = _flushed[_flushedIndex];
            if (owesGaps)
            {
                AnnounceGap(_lastGiven + 1, publication.Sequence - 1, reason);
            }

            _flushedIndex++;
            Send(publication);
            _lastGiven = publication.Sequence;
        }

        _flushed = null;
        if (owesGaps)
        {
            AnnounceGap(_lastGiven + 1, _next - 1, reason);
        }

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
