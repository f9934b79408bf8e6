namespace OrleansRealtime;

/// <summary>What the bytes of a payload are.</summary>
public enum PayloadKind : byte
{
    /// <summary>One JSON value in UTF-8 (RFC 8259), checked by the edge that took it in.</summary>
    Json = 0,

    /// <summary>Any bytes. A client that speaks JSON is given them as base64 (RFC 4648, section 4).</summary>
    Binary = 1,
}
