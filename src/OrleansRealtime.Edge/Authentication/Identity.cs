namespace OrleansRealtime.Edge.Authentication;

/// <summary>Who a token says that its bearer is. Immutable.</summary>
/// <param name="User">The <c>sub</c> claim, or a made-up id for an anonymous user.</param>
/// <param name="IsAnonymous">Whether there was no token.</param>
/// <param name="IssuedAt">The <c>iat</c> claim, or when it was validated where there is none.</param>
/// <param name="ExpiresAt">The <c>exp</c> claim; null for anonymous users, who do not expire.</param>
/// <param name="Capabilities">The <c>caps</c> claim.</param>
/// <param name="Info">The <c>info</c> claim as JSON, shown in presence; empty when there is none. At most 1 KiB.</param>
internal sealed record Identity(
    UserId User,
    bool IsAnonymous,
    DateTimeOffset IssuedAt,
    DateTimeOffset? ExpiresAt,
    Capabilities Capabilities,
    Payload Info);
