namespace OrleansRealtime.Edge.Limits;

/// <summary>What every <see cref="ConnectionBudget"/> of a node is measured by. Immutable.</summary>
internal sealed class BudgetTerms
{
    // A client that sends twice what it may for this long does not listen to refusals.
    private const int PatienceSeconds = 10;

    /// <summary>Reads them from the limits.</summary>
    /// <param name="limits">What is allowed.</param>
    /// <param name="maxMessageBytes">The longest message, which always fits into a full budget.</param>
    /// <param name="clock">The time.</param>
    public BudgetTerms(LimitOptions limits, int maxMessageBytes, TimeProvider clock)
    {
        Clock = clock;
        Strikes = Math.Max(1, limits.Strikes);
        Commands = new BucketRate(limits.CommandsPerSecond, 2.0 * limits.CommandsPerSecond);
        Bytes = new BucketRate(limits.BytesPerSecond, Math.Max(2.0 * limits.BytesPerSecond, maxMessageBytes));
        var refusalsPerSecond = Math.Max(limits.CommandsPerSecond, 1);
        Refusals = new BucketRate(refusalsPerSecond, (double)PatienceSeconds * refusalsPerSecond);
    }

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; }

    /// <summary>How many malformed messages end a connection.</summary>
    public int Strikes { get; }

    /// <summary>How many commands it may send.</summary>
    public BucketRate Commands { get; }

    /// <summary>How many bytes it may send.</summary>
    public BucketRate Bytes { get; }

    /// <summary>How often it may be refused before that is abuse.</summary>
    public BucketRate Refusals { get; }
}
