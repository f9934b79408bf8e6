using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Edge.FanOut;

/// <content>What arrives from the channel, and how holes in it are filled.</content>
internal sealed partial class ChannelAttachment
{
    // What arrives while a hole is being read waits here; beyond this it is read as well.
    private const int MaxAhead = 1024;
    private const long MaxAheadBytes = 1024 * 1024;

    private readonly List<PublicationBatch> _ahead = [];
    private int _aheadCount;
    private long _aheadBytes;
    private long _knownEnd;
    private bool _isRepairing;

    /// <summary>Takes one message of the channel; only queues.</summary>
    public void Receive(ChannelMessage message)
    {
        switch (message)
        {
            case PublicationBatch batch:
                ReceiveBatch(batch);
                break;
            case SignalMessage signal:
                Broadcast(new SignalEvent(signal, _node.Id));
                break;
            case PresenceMessage presence:
                Roster.Receive(presence);
                break;
            case GrantsMessage grants:
                TakeGrants(grants.Grants);
                break;
            case DetachedMessage:
                Reattach();
                break;
        }
    }

    /// <summary>
    /// Copies what is cached after a number of a generation (all, when the numbering restarted since), and says how far the
    /// channel was received.
    /// </summary>
    public AttachmentHead CopyAfter(int generation, long sequence, List<CachedPublication> into)
    {
        lock (_lock)
        {
            if (_cache.Count > 0)
            {
                var after = generation == _head.Generation ? sequence : 0;
                for (var next = Math.Max(after + 1, _cache.First); next <= _cache.Last; next++)
                {
                    into.Add(_cache[next]);
                }
            }

            return _head;
        }
    }

    /// <summary>The cached publication of a number, or null.</summary>
    public CachedPublication? Find(long sequence)
    {
        lock (_lock)
        {
            return _cache.Covers(sequence) ? _cache[sequence] : null;
        }
    }

    /// <summary>The oldest number from which everything to the head is cached; the head's next when nothing is.</summary>
    public long OldestCached
    {
        get
        {
            lock (_lock)
            {
                return _cache.Count > 0 ? _cache.First : _head.Position.Sequence + 1;
            }
        }
    }

    private void ReceiveBatch(PublicationBatch batch)
    {
        Action next;
        lock (_lock)
        {
            if (!_isAttached)
            {
                // The answer to the attach says where these belong.
                HoldAheadLocked(batch);
                return;
            }

            if (batch.Epoch != _head.Position.Epoch)
            {
                HoldAheadLocked(batch);
                next = Reattach;
            }
            else if (TryTakeLocked(batch))
            {
                next = Walk;
            }
            else
            {
                HoldAheadLocked(batch);
                next = StartRepair;
            }
        }

        next();
    }

    /// <summary>Appends a batch; false when something before it is missing.</summary>
    private bool TryTakeLocked(PublicationBatch batch)
    {
        if (batch.Publications[0].Sequence > _head.Position.Sequence + 1)
        {
            return false;
        }

        AppendLocked(batch.Publications, batch.TakenAt);
        return true;
    }

    private void AppendLocked(ImmutableArray<Publication> publications, DateTimeOffset takenAt = default)
    {
        foreach (var publication in publications)
        {
            if (publication.Sequence == _head.Position.Sequence + 1)
            {
                _cache.Add(new CachedPublication(Name, publication, takenAt));
                _head = _head with { Position = _head.Position with { Sequence = publication.Sequence } };
            }
        }
    }

    private void HoldAheadLocked(PublicationBatch batch)
    {
        if (batch.Epoch == _head.Position.Epoch)
        {
            _knownEnd = Math.Max(_knownEnd, batch.Publications[^1].Sequence);
        }

        var bytes = BytesOf(batch);
        if (_aheadCount + batch.Publications.Length > MaxAhead || _aheadBytes + bytes > MaxAheadBytes)
        {
            _ahead.Clear();
            (_aheadCount, _aheadBytes) = (0, 0);
            return;
        }

        _ahead.Add(batch);
        _aheadCount += batch.Publications.Length;
        _aheadBytes += bytes;
    }

    private static long BytesOf(PublicationBatch batch) =>
        batch.Publications.Sum(static publication => (long)publication.Payload.Length);

    /// <summary>Appends what waited and now fits; what is of another epoch or still ahead of a hole is handled as if it came now.</summary>
    private void TakeAheadLocked()
    {
        if (_ahead.Count == 0)
        {
            return;
        }

        _ahead.RemoveAll(batch => batch.Epoch != _head.Position.Epoch);
        while (_ahead.FindIndex(batch => batch.Publications[0].Sequence <= _head.Position.Sequence + 1) is >= 0 and var index)
        {
            AppendLocked(_ahead[index].Publications, _ahead[index].TakenAt);
            _ahead.RemoveAt(index);
        }

        _aheadCount = _ahead.Sum(static batch => batch.Publications.Length);
        _aheadBytes = _ahead.Sum(BytesOf);
        foreach (var batch in _ahead)
        {
            _knownEnd = Math.Max(_knownEnd, batch.Publications[^1].Sequence);
        }
    }

    /// <summary>The channel stands at <paramref name="position"/>: reads what this edge lacks up to there.</summary>
    private void RepairThrough(Position position)
    {
        lock (_lock)
        {
            if (position.Epoch != _head.Position.Epoch)
            {
                return;
            }

            _knownEnd = Math.Max(_knownEnd, position.Sequence);
        }

        StartRepair();
    }

    private void StartRepair()
    {
        lock (_lock)
        {
            if (_isRepairing || !_isAttached || _knownEnd <= _head.Position.Sequence)
            {
                return;
            }

            _isRepairing = true;
        }

        _node.Track(RepairAsync());
    }

    /// <summary>One at a time: reads page after page until nothing is known to be missing.</summary>
    private async Task RepairAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            AttachmentHead head;
            lock (_lock)
            {
                head = _head;
                if (!_isAttached || _knownEnd <= head.Position.Sequence)
                {
                    _isRepairing = false;
                    return;
                }
            }

            var outcome = await ReadAsync(EdgeReads.After(head.Position, ReadRequest.MaxLimit)).ConfigureAwait(false);
            if (!TryRepair(head, outcome))
            {
                return;
            }

            Walk();
        }
    }

    /// <summary>Appends what was read. False when the repair is over: it must start anew, or the edge must attach again.</summary>
    private bool TryRepair(AttachmentHead head, ReadOutcome outcome)
    {
        lock (_lock)
        {
            if (outcome.Refusal is not null || head.Generation != _head.Generation)
            {
                // The next renewal finds what is still missing.
                _isRepairing = false;
                return false;
            }

            if (outcome.Position.Epoch == head.Position.Epoch)
            {
                if (outcome.IsLost)
                {
                    SkipLostLocked(outcome);
                }

                AppendLocked(outcome.Publications);
                TakeAheadLocked();

                // What the channel itself does not have will not come.
                _knownEnd = outcome.More || _ahead.Count > 0 ? _knownEnd : Math.Min(_knownEnd, outcome.Position.Sequence);
                if (_head.Position.Sequence > head.Position.Sequence || _knownEnd <= _head.Position.Sequence)
                {
                    return true;
                }
            }

            _isRepairing = false;
        }

        Reattach();
        return false;
    }

    /// <summary>Goes on behind what is gone. Cursors that stand before it learn of the gap when they ask the channel.</summary>
    private void SkipLostLocked(ReadOutcome outcome)
    {
        var next = outcome.Publications is [var first, ..]
            ? first.Sequence
            : _ahead.Count > 0
                ? _ahead.Min(static batch => batch.Publications[0].Sequence)
                : outcome.Position.Sequence + 1;
        if (next > _head.Position.Sequence + 1)
        {
            _cache.Clear();
            _head = _head with { Position = _head.Position with { Sequence = next - 1 } };
        }
    }

    /// <summary>Has every shard give something to the local subscribers; only queues.</summary>
    public void Broadcast(IShardEvent item)
    {
        foreach (var group in _groups)
        {
            group?.Add(item);
        }
    }
}
