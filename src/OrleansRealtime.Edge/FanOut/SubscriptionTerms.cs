namespace OrleansRealtime.Edge.FanOut;

/// <summary>How a subscriber is served. Immutable.</summary>
/// <param name="SlowReader">What happens when its connection is over its budget.</param>
/// <param name="Presence">Whether it hears of joins and leaves, and counts as present.</param>
/// <param name="Conflate">When not null: at most one publication of each key per this interval.</param>
internal sealed record SubscriptionTerms(SlowReaderPolicy SlowReader, bool Presence, TimeSpan? Conflate);
