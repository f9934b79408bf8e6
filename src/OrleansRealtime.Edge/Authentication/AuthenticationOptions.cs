using System.ComponentModel.DataAnnotations;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>How tokens are checked. Section <c>Realtime:Authentication</c>.</summary>
public sealed class AuthenticationOptions
{
    /// <summary>The keys that sign tokens.</summary>
    public IList<SigningKeyOptions> Keys { get; } = [];

    /// <summary>Where to read further keys (RFC 7517), or null. Read at start and again when a key id is unknown, at most every 30 s.</summary>
    public Uri? JwksUri { get; set; }

    /// <summary>What <c>iss</c> must be, or null for anything.</summary>
    public string? Issuer { get; set; }

    /// <summary>What <c>aud</c> must be or contain, or null for anything.</summary>
    public string? Audience { get; set; }

    /// <summary>How far the clocks of issuer and server may differ. Default 30 s; 0 to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether clients without a token are let in as anonymous users. Default no.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>The name of a cookie that carries a token, believed only with an allowed <c>Origin</c>; null for none.</summary>
    public string? CookieName { get; set; }

    /// <summary>
    /// What all nodes seal connection tickets with: at least 32 bytes in base64url. Null, the default, derives it from the first
    /// HS256 key; without one either, a ticket is good only on the node that issued it.
    /// </summary>
    public Secret? TicketSecret { get; set; }
}

/// <summary>One key that signs tokens.</summary>
public sealed class SigningKeyOptions
{
    /// <summary>The key id (<c>kid</c>).</summary>
    public string Id { get; set; } = "";

    /// <summary><c>HS256</c>, <c>RS256</c> or <c>ES256</c> (RFC 7518, section 3.1); the key is used with no other.</summary>
    public string Algorithm { get; set; } = "";

    /// <summary>For HS256: at least 32 bytes in base64url.</summary>
    public Secret? Secret { get; set; }

    /// <summary>For RS256 and ES256: the public key in PEM.</summary>
    public string? PublicKey { get; set; }
}
