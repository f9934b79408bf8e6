namespace OrleansRealtime.Core.Users;

/// <summary>What is kept of a user. Immutable.</summary>
/// <param name="Version">Grows by one with every save; 0 when nothing was kept yet.</param>
/// <param name="Ban">The latest ban, or null; it may have ended.</param>
/// <param name="TokensRevokedBefore">Tokens issued before this are refused, or null.</param>
/// <param name="Status">The status text, or empty.</param>
/// <param name="LastSeen">When a connection was last there, or null.</param>
public sealed record UserRecord(
    long Version, Ban? Ban, DateTimeOffset? TokensRevokedBefore, string Status, DateTimeOffset? LastSeen)
{
    /// <summary>Nothing kept.</summary>
    public static UserRecord Empty { get; } = new(0, null, null, "", null);
}
