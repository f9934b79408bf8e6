namespace OrleansRealtime.Edge.Limits;

/// <summary>What a connection's budget says of one more message.</summary>
internal enum BudgetOutcome
{
    /// <summary>It may be carried out.</summary>
    Taken,

    /// <summary>Answer it with <c>rate_limited</c>.</summary>
    RateLimited,

    /// <summary>The client goes on in spite of refusals: close with 4029.</summary>
    Abusive,
}
