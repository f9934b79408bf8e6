namespace OrleansRealtime.Edge.Authentication;

/// <summary>A key with which a server uses the HTTP API. Section <c>Realtime:ApiKeys</c>.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>Who uses it; publications by it are from <c>$name</c>. 1 to 64 letters, digits, <c>-</c> and <c>_</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key, in hex; the key itself is not in the configuration.</summary>
    public string Sha256 { get; set; } = "";
}
