namespace OrleansRealtime.Edge.Limits;

/// <summary>What one connection may still send: commands and bytes per second, and malformed messages.</summary>
/// <remarks>Used by the reader of its connection only; not safe for concurrent use.</remarks>
internal sealed class ConnectionBudget
{
    private readonly BudgetTerms _terms;
    private TokenBucket _commands;
    private TokenBucket _bytes;
    private TokenBucket _refusals;
    private int _struck;

    /// <summary>A full budget.</summary>
    public ConnectionBudget(BudgetTerms terms)
    {
        _terms = terms;
        var now = Uptime.Of(terms.Clock);
        _commands = new TokenBucket(terms.Commands, now);
        _bytes = new TokenBucket(terms.Bytes, now);
        _refusals = new TokenBucket(terms.Refusals, now);
    }

    /// <summary>Takes one message of <paramref name="bytes"/> bytes from the budget.</summary>
    /// <param name="bytes">Its length.</param>
    /// <param name="retryAfter">With <see cref="BudgetOutcome.RateLimited"/>: when the same message would fit.</param>
    public BudgetOutcome Take(int bytes, out TimeSpan retryAfter)
    {
        var now = Uptime.Of(_terms.Clock);
        if (_commands.TryTake(_terms.Commands, 1, now, out retryAfter) && _bytes.TryTake(_terms.Bytes, bytes, now, out retryAfter))
        {
            return BudgetOutcome.Taken;
        }

        return _refusals.TryTake(_terms.Refusals, 1, now, out _) ? BudgetOutcome.RateLimited : BudgetOutcome.Abusive;
    }

    /// <summary>Counts a malformed message.</summary>
    /// <returns>Whether it was one too many: close with 4029, and report the offence to <see cref="OffenderTable"/>.</returns>
    public bool Strike() => ++_struck >= _terms.Strikes;
}
