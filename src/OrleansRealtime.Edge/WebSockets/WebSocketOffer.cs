namespace OrleansRealtime.Edge.WebSockets;

/// <summary>What a valid WebSocket handshake asks for. Immutable.</summary>
/// <param name="IsExtendedConnect">Whether it is an extended CONNECT (RFC 8441); otherwise an HTTP/1.1 upgrade.</param>
/// <param name="Encoding">The subprotocol whose encoding to speak; JSON when the client names none.</param>
/// <param name="IsEncodingOffered">Whether the client named it, and so is to be told.</param>
/// <param name="BearerToken">The token that was offered as <c>bearer.&lt;jwt&gt;</c>, or null.</param>
/// <param name="Compression">How the offered compression is accepted; null when messages are not compressed.</param>
internal sealed record WebSocketOffer(
    bool IsExtendedConnect, string Encoding, bool IsEncodingOffered, string? BearerToken, string? Compression);

/// <summary>Why a handshake is refused.</summary>
/// <param name="StatusCode">The HTTP status.</param>
/// <param name="Detail">For people.</param>
internal sealed record WebSocketRefusal(int StatusCode, string Detail);

/// <summary>What a request came to: an offer to accept, or why not.</summary>
/// <param name="Refusal">Why it is no valid handshake; null when it is.</param>
/// <param name="Offer">What it asks for; null when refused.</param>
internal sealed record WebSocketHandshakeOutcome(WebSocketRefusal? Refusal, WebSocketOffer? Offer);
