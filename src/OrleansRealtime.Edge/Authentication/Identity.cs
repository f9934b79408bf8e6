namespace OrleansRealtime.Edge.Authentication;

/// <summary>Who a token says that its bearer is. Immutable.</summary>
/// <param name="User">The <c>sub</c> claim, or a made-up id for an anonymous user.</param>
/// <param name="IsAnonymous">Whether there was no token.</param>
/// <param name="IssuedAt">
/// The <c>iat</c> claim. A token without one counts as issued in 1970, so that revoking a user's tokens always reaches it.
/// </param>
/// <param name="ExpiresAt">
/// The <c>exp</c> claim; null for anonymous users, who do not expire. The token is good for the configured clock skew beyond it.
/// </param>
/// <param name="Capabilities">The <c>caps</c> claim.</param>
/// <param name="Info">The <c>info</c> claim as JSON, shown in presence; empty when there is none. At most 1 KiB.</param>
internal sealed record Identity(
    UserId User,
    bool IsAnonymous,
    DateTimeOffset IssuedAt,
    DateTimeOffset? ExpiresAt,
    Capabilities Capabilities,
    Payload Info)
{
    /// <summary>How many bytes of JSON <see cref="Info"/> holds at most: 1 KiB.</summary>
    public const int MaxInfoBytes = 1024;

    /// <summary>Someone without a token, under an id that nobody else has.</summary>
    public static Identity Anonymous(DateTimeOffset now) =>
        new(UserId.Parse("anon:" + Guid.NewGuid().ToString("N")), true, now, null, Capabilities.None, default);
}
