namespace OrleansRealtime.Edge.Authentication;

/// <summary>The algorithms that a token may be signed with (RFC 7518, section 3.1): these and no others.</summary>
internal static class JwtAlgorithms
{
    public const string Hs256 = "HS256";
    public const string Rs256 = "RS256";
    public const string Es256 = "ES256";

    /// <summary>Whether tokens of this algorithm are looked at.</summary>
    public static bool IsAllowed(string algorithm) => algorithm is Hs256 or Rs256 or Es256;
}
