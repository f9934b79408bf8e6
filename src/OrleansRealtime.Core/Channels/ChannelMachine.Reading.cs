using System.Collections.Immutable;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Channels;

/// <content>What of a channel can be read, and from where.</content>
internal sealed partial class ChannelMachine
{
    /// <summary>Takes in publications read from the log, ascending, that end right before what the buffer holds.</summary>
    /// <exception cref="InvalidOperationException">They do not: the log has a hole.</exception>
    public void Prime(ImmutableArray<Publication> older)
    {
        for (var i = older.Length - 1; i >= 0; i--)
        {
            _buffer.Prepend(older[i]);
            if (older[i].Time > _lastTime)
            {
                _lastTime = older[i].Time;
            }
        }
    }

    /// <summary>Ends priming: learns the message ids in the buffer, oldest first, trims, and tells the behaviour what is left.</summary>
    /// <param name="latestByKey">The snapshot of a compact durable channel; null builds it from the buffer.</param>
    /// <param name="policy">The policy in force.</param>
    /// <param name="now">The time.</param>
    public void EndPriming(ImmutableArray<Publication>? latestByKey, ChannelPolicy policy, DateTimeOffset now)
    {
        for (var sequence = _buffer.Oldest; sequence <= _buffer.Last; sequence++)
        {
            var publication = _buffer.At(sequence);
            if (publication.MessageId is { } messageId)
            {
                _messages.Learn(publication.From, messageId, new Position(Epoch, sequence), publication.Time);
            }
        }

        if (latestByKey is { } latest)
        {
            _compact = new CompactIndex(_buffer.Oldest - 1);
            foreach (var publication in latest)
            {
                _compact.Apply(publication);
            }

            for (var sequence = _buffer.Oldest; sequence <= _buffer.Last; sequence++)
            {
                _compact.ApplyRemoval(_buffer.At(sequence));
            }
        }

        Trim(policy, now);
        TellRemembered();
    }

    /// <summary>Plans a read; the caller's right was checked before.</summary>
    public ReplayPlan Plan(Position? from, bool reverse, ChannelPolicy policy, DateTimeOffset now)
    {
        Trim(policy, now);
        return reverse
            ? ReplayPlan.Backward(from, Head, OldestBuffered, OldestRetained)
            : ReplayPlan.Forward(from, Head, OldestBuffered, OldestRetained);
    }

    /// <summary>Reads what a plan found to be in the buffer, in the plan's order.</summary>
    public ImmutableArray<Publication> ReadBuffer(in ReplayPlan plan, bool reverse, int maxCount) => reverse
        ? _buffer.Backward(plan.After, plan.Through, maxCount, ReadRequest.MaxBytes)
        : _buffer.Forward(plan.After, plan.Through, maxCount, ReadRequest.MaxBytes);

    /// <summary>The latest publications, ascending, at most <paramref name="count"/>.</summary>
    public ImmutableArray<Publication> Recent(int count, ChannelPolicy policy, DateTimeOffset now)
    {
        Trim(policy, now);
        var after = Math.Max(_buffer.Oldest - 1, _buffer.Last - Math.Max(0, count));
        return _buffer.Forward(after, _buffer.Last, int.MaxValue, long.MaxValue);
    }

    /// <summary>The latest publication of each key, and what was removed; empty when the channel is not compact.</summary>
    public SnapshotOutcome Snapshot(ChannelPolicy policy)
    {
        EnsureCompactAsIn(policy);
        return new SnapshotOutcome(null, _compact?.Snapshot() ?? [], Head)
        {
            Removed = _compact?.Removed() ?? [],
            RemovalsKnownAfter = _compact?.RemovalsKnownAfter ?? Head.Sequence,
        };
    }

    /// <summary>The log was found to hold nothing before <paramref name="oldest"/>.</summary>
    public void ForgetLogBefore(long oldest) => _oldestLogged = Math.Max(_oldestLogged, Math.Min(oldest, _buffer.Last + 1));

    private void TellRemembered()
    {
        if (_behavior is null)
        {
            return;
        }

        var newest = _buffer.Forward(_buffer.Oldest - 1, _buffer.Last, int.MaxValue, long.MaxValue);
        var older = _compact?.Snapshot().RemoveAll(publication => publication.Sequence >= _buffer.Oldest) ?? [];
        if (older.Length + newest.Length > 0)
        {
            _behavior.OnRestored(older.AddRange(newest));
        }
    }

    private void EnsureCompactAsIn(ChannelPolicy policy)
    {
        if (!policy.Compact || _durability == Durability.None)
        {
            _compact = null;
        }
        else if (_compact is null)
        {
            _compact = new CompactIndex(_buffer.Oldest - 1);
            for (var sequence = _buffer.Oldest; sequence <= _buffer.Last; sequence++)
            {
                _compact.Apply(_buffer.At(sequence));
            }
        }
    }
}
