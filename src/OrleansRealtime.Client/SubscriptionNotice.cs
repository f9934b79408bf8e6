namespace OrleansRealtime.Client;

/// <summary>What happened to a subscription beside its publications. Immutable.</summary>
public abstract record SubscriptionNotice;

/// <summary>The server took the subscription up; after a reconnect again.</summary>
/// <param name="Position">The channel's position; what was missed follows up to it, then live.</param>
/// <param name="Recovered">Whether nothing was lost since the position before.</param>
/// <param name="Guarantee">What the channel promises.</param>
public sealed record SubscribedNotice(Position Position, bool Recovered, ChannelGuarantee Guarantee) : SubscriptionNotice;

/// <summary>The server announced that it passed over publications.</summary>
/// <param name="From">The first of them.</param>
/// <param name="To">The last of them.</param>
/// <param name="Reason"><c>slow</c>, <c>conflated</c> or <c>lost</c>.</param>
public sealed record GapNotice(long From, long To, string Reason) : SubscriptionNotice;

/// <summary>The numbering of the channel restarted.</summary>
/// <param name="Position">The new position.</param>
public sealed record ResetNotice(Position Position) : SubscriptionNotice;

/// <summary>The server ended the subscription, or refused it; its enumeration throws the same error.</summary>
/// <param name="Error">Why.</param>
public sealed record UnsubscribedNotice(RealtimeError Error) : SubscriptionNotice;
