using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Subscriptions;

/// <summary>Where a subscription stands in its channel: tells what is new, known or missing. Reads no clock, sends nothing.</summary>
/// <param name="from">The position that the application gave, or null.</param>
/// <param name="isConflated">Whether holes are what the application asked for.</param>
internal sealed class Continuity(Position? from, bool isConflated)
{
    private long _snapshotEnd;
    private Epoch _epoch = from?.Epoch ?? default;

    /// <summary>The position to resume after, or null to start anew.</summary>
    public Position? Position { get; private set; } = from;

    /// <summary>The server took the subscription up.</summary>
    /// <returns>What was lost, or null.</returns>
    public HistoryLoss? OnSubscribed(SubscribedAck ack)
    {
        var before = Position;
        _epoch = ack.Position.Epoch;
        _snapshotEnd = 0;
        if (ack is { Snapshot: true, Missed: > 0 })
        {
            // Until the first of the snapshot is here, a lost link must ask for all of it again.
            Position = null;
            _snapshotEnd = ack.Position.Sequence;
        }
        else
        {
            Position = ack.Recovered ? Later(before, ack.Position with { Sequence = ack.Position.Sequence - ack.Missed }) : ack.Position;
        }

        return ack.Recovered ? null : new HistoryLoss(HistoryLossReason.NotRetained, before, ack.Position, ack.Snapshot);
    }

    /// <summary>A publication came.</summary>
    public Arrival OnPublication(long sequence)
    {
        var last = Position?.Sequence ?? 0;
        if (sequence <= last)
        {
            return Arrival.Known;
        }

        if (sequence != last + 1 && !isConflated && !IsInSnapshot(last, sequence))
        {
            return Arrival.Hole;
        }

        Position = new Position(_epoch, sequence);
        return Arrival.New;
    }

    /// <summary>The server said what will not come.</summary>
    /// <returns>What was lost, or null when that was known or is how the channel works.</returns>
    public HistoryLoss? OnGap(GapFrame gap)
    {
        var before = Position;
        if (gap.To <= (before?.Sequence ?? 0))
        {
            return null;
        }

        Position = new Position(_epoch, gap.To);
        return gap.Reason switch
        {
            // The newest of each key comes, which is what a channel with this policy promises.
            "conflated" => null,
            "slow" => new HistoryLoss(HistoryLossReason.Slow, before, Position.Value),
            _ => new HistoryLoss(HistoryLossReason.Lost, before, Position.Value),
        };
    }

    /// <summary>The numbering restarted.</summary>
    public HistoryLoss OnReset(Position position)
    {
        var before = Position;
        _epoch = position.Epoch;
        _snapshotEnd = 0;
        Position = position;
        return new HistoryLoss(HistoryLossReason.Reset, before, position);
    }

    // A stream may resume a little earlier than asked; what was heard stays heard.
    private static Position Later(Position? before, Position taken) =>
        before is { } known && known.Epoch == taken.Epoch && known.Sequence > taken.Sequence ? known : taken;

    // A snapshot ascends with holes; behind its end the sequences are without holes again.
    private bool IsInSnapshot(long last, long sequence) => last < _snapshotEnd && sequence <= _snapshotEnd + 1;
}

/// <summary>What a publication is to who has heard the ones before.</summary>
internal enum Arrival
{
    /// <summary>The next one.</summary>
    New,

    /// <summary>One that was heard.</summary>
    Known,

    /// <summary>One before it is missing, and nobody said so.</summary>
    Hole,
}
