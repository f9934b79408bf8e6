namespace OrleansRealtime.Edge.Limits;

/// <summary>What one connection may still send: commands and bytes per second, and malformed messages.</summary>
/// <remarks>Used by the reader of its connection only; not safe for concurrent use.</remarks>
internal sealed class ConnectionBudget
{
    // A client that sends twice what it may for this long does not listen to refusals.
    private const int PatienceSeconds = 10;

    private readonly TimeProvider _clock;
    private readonly int _strikes;
    private TokenBucket _commands;
    private TokenBucket _bytes;
    private TokenBucket _refusals;
    private int _struck;

    /// <summary>A full budget.</summary>
    /// <param name="limits">What is allowed.</param>
    /// <param name="maxMessageBytes">The longest message, which always fits into a full budget.</param>
    /// <param name="clock">The time.</param>
    public ConnectionBudget(LimitOptions limits, int maxMessageBytes, TimeProvider clock)
    {
        _clock = clock;
        _strikes = Math.Max(1, limits.Strikes);
        var now = Uptime.Of(clock);
        _commands = new TokenBucket(limits.CommandsPerSecond, 2.0 * limits.CommandsPerSecond, now);
        _bytes = new TokenBucket(limits.BytesPerSecond, Math.Max(2.0 * limits.BytesPerSecond, maxMessageBytes), now);
        var refusalsPerSecond = Math.Max(limits.CommandsPerSecond, 1);
        _refusals = new TokenBucket(refusalsPerSecond, (double)PatienceSeconds * refusalsPerSecond, now);
    }

    /// <summary>Takes one message of <paramref name="bytes"/> bytes from the budget.</summary>
    /// <param name="bytes">Its length.</param>
    /// <param name="retryAfter">With <see cref="BudgetOutcome.RateLimited"/>: when the same message would fit.</param>
    public BudgetOutcome Take(int bytes, out TimeSpan retryAfter)
    {
        var now = Uptime.Of(_clock);
        if (_commands.TryTake(1, now, out retryAfter) && _bytes.TryTake(bytes, now, out retryAfter))
        {
            return BudgetOutcome.Taken;
        }

        return _refusals.TryTake(1, now, out _) ? BudgetOutcome.RateLimited : BudgetOutcome.Abusive;
    }

    /// <summary>Counts a malformed message.</summary>
    /// <returns>Whether it was one too many: close with 4029, and report the offence to <see cref="OffenderTable"/>.</returns>
    public bool Strike() => ++_struck >= _strikes;
}
