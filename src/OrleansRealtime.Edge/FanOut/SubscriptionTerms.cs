namespace OrleansRealtime.Edge.FanOut;

/// <summary>How a subscriber is served. Immutable.</summary>
/// <param name="SlowReader">What happens when its connection is over its budget.</param>
/// <param name="Presence">Whether it hears of joins and leaves, and counts as present.</param>
/// <param name="Conflate">When not null: at most one publication of each key per this interval.</param>
internal sealed record SubscriptionTerms(SlowReaderPolicy SlowReader, bool Presence, TimeSpan? Conflate)
{
    // There are few without an interval of their own, so subscribers share them.
    private static readonly SubscriptionTerms[] Shared =
        [.. Enum.GetValues<SlowReaderPolicy>().SelectMany(static policy => new[] { Plain(policy, false), Plain(policy, true) })];

    /// <summary>These terms, shared where others can have them too.</summary>
    public static SubscriptionTerms Of(SlowReaderPolicy slowReader, bool presence, TimeSpan? conflate) =>
        conflate is null
            ? Array.Find(Shared, terms => terms.SlowReader == slowReader && terms.Presence == presence)!
            : new SubscriptionTerms(slowReader, presence, conflate);

    private static SubscriptionTerms Plain(SlowReaderPolicy slowReader, bool presence) => new(slowReader, presence, null);
}
