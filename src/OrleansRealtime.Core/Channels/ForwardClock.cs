namespace OrleansRealtime.Core.Channels;

/// <summary>A clock that never goes backwards, as the machines demand, and never stands still.</summary>
/// <remarks>
/// When the wall clock is set back, this one goes on from where it was, ahead of the wall clock until that catches up or the
/// channel is activated anew. Waiting for the wall clock instead would hold every rate and every grace for as long as the step.
/// Used in the channel's turns only.
/// </remarks>
internal sealed class ForwardClock(TimeProvider time)
{
    private DateTimeOffset _now = time.GetUtcNow();
    private long _timestamp = time.GetTimestamp();

    /// <summary>The time.</summary>
    public DateTimeOffset Now()
    {
        var timestamp = time.GetTimestamp();
        var wall = time.GetUtcNow();
        _now = wall >= _now ? wall : _now + time.GetElapsedTime(_timestamp, timestamp);
        _timestamp = timestamp;
        return _now;
    }

    /// <summary>What the wall clock shows when this clock shows <paramref name="due"/>.</summary>
    public DateTimeOffset ToWallClock(DateTimeOffset due)
    {
        var ahead = Now() - time.GetUtcNow();
        return ahead > TimeSpan.Zero ? due - ahead : due;
    }
}
