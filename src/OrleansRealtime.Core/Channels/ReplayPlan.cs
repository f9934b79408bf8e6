namespace OrleansRealtime.Core.Channels;

/// <summary>Where a read is answered from.</summary>
internal enum ReplayKind
{
    /// <summary>There is nothing to read.</summary>
    Nothing,

    /// <summary>From the replay buffer.</summary>
    Buffer,

    /// <summary>From the log, because it starts before the buffer.</summary>
    Log,
}

/// <summary>How a read is answered: those with <c>After &lt; sequence &lt;= Through</c>. Immutable.</summary>
/// <param name="Kind">From where.</param>
/// <param name="After">The sequence before the oldest to give.</param>
/// <param name="Through">The newest sequence to give.</param>
/// <param name="IsLost">Whether the position asked for cannot be continued without a gap.</param>
internal readonly record struct ReplayPlan(ReplayKind Kind, long After, long Through, bool IsLost)
{
    /// <summary>Plans a read of what comes after <paramref name="from"/>, or of all there is when it is null.</summary>
    public static ReplayPlan Forward(Position? from, Position head, long oldestBuffered, long oldestRetained)
    {
        if (from is not { } position)
        {
            return Range(oldestRetained - 1, head.Sequence, oldestBuffered, isLost: false);
        }

        // One that is ahead has seen publications that this numbering never had: same epoch by name, but not our history.
        var isLost = position.Epoch != head.Epoch
            || position.Sequence > head.Sequence
            || position.Sequence < oldestRetained - 1;

        return Range(isLost ? oldestRetained - 1 : position.Sequence, head.Sequence, oldestBuffered, isLost);
    }

    /// <summary>Plans a read, newest first, of what comes before <paramref name="from"/>, or of the newest when it is null.</summary>
    public static ReplayPlan Backward(Position? from, Position head, long oldestBuffered, long oldestRetained)
    {
        var isLost = from is { } position && (position.Epoch != head.Epoch || position.Sequence > head.Sequence);
        var through = from is null || isLost ? head.Sequence : from.Value.Sequence - 1;
        if (through < oldestRetained)
        {
            return new ReplayPlan(ReplayKind.Nothing, through, through, isLost);
        }

        // What is buffered is given first; the next page continues in the log.
        return through >= oldestBuffered
            ? new ReplayPlan(ReplayKind.Buffer, oldestBuffered - 1, through, isLost)
            : new ReplayPlan(ReplayKind.Log, oldestRetained - 1, through, isLost);
    }

    private static ReplayPlan Range(long after, long through, long oldestBuffered, bool isLost)
    {
        if (after >= through)
        {
            return new ReplayPlan(ReplayKind.Nothing, through, through, isLost);
        }

        return new ReplayPlan(after + 1 >= oldestBuffered ? ReplayKind.Buffer : ReplayKind.Log, after, through, isLost);
    }
}
