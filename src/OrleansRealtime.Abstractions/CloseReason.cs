namespace OrleansRealtime;

/// <summary>Why the server ends a connection: a WebSocket close code (RFC 6455, section 7.4) and a word for people.</summary>
/// <remarks>
/// 4000 to 4499: fix something first. 4500 to 4999, and 1001: come back with backoff. Codes are never reused. Immutable.
/// </remarks>
/// <param name="Code">The close code.</param>
/// <param name="Reason">At most 123 bytes of UTF-8 (RFC 6455, section 5.5).</param>
public sealed record CloseReason(int Code, string Reason)
{
    /// <summary>1000: the client closed, and we answer.</summary>
    public static CloseReason Normal { get; } = new(1000, "");

    /// <summary>1001: an operator asked this connection to go; it may come back at once.</summary>
    public static CloseReason GoingAway { get; } = new(1001, "going away");

    /// <summary>1002: the peer broke the rules of RFC 6455.</summary>
    public static CloseReason ProtocolError { get; } = new(1002, "WebSocket protocol error");

    /// <summary>1003: a frame is not of the negotiated format.</summary>
    public static CloseReason WrongFormat { get; } = new(1003, "not the negotiated format");

    /// <summary>1007: a text frame is not UTF-8.</summary>
    public static CloseReason NotUtf8 { get; } = new(1007, "not UTF-8");

    /// <summary>1009: a message is larger than the server takes.</summary>
    public static CloseReason TooLarge { get; } = new(1009, "message too large");

    /// <summary>1011: the server has a bug; it is logged there.</summary>
    public static CloseReason ServerFault { get; } = new(1011, "server fault");

    /// <summary>4001: no valid authentication, or not in time.</summary>
    public static CloseReason Unauthenticated { get; } = new(4001, "authentication required");

    /// <summary>4003: this user may not connect.</summary>
    public static CloseReason Forbidden { get; } = new(4003, "forbidden");

    /// <summary>4009: a newer connection took over this session.</summary>
    public static CloseReason Replaced { get; } = new(4009, "replaced by a newer connection of the session");

    /// <summary>4010: the token expired and was not refreshed, or was revoked.</summary>
    public static CloseReason TokenExpired { get; } = new(4010, "token expired");

    /// <summary>4029: repeated abuse.</summary>
    public static CloseReason Abusive { get; } = new(4029, "abusive");

    /// <summary>4030: an operator removed this user for now.</summary>
    public static CloseReason Kicked { get; } = new(4030, "kicked");

    /// <summary>4031: this user is banned.</summary>
    public static CloseReason Banned { get; } = new(4031, "banned");

    /// <summary>4503: this node drains.</summary>
    public static CloseReason Draining { get; } = new(4503, "draining");

    /// <summary>4504: nothing was heard from the client for two heartbeat intervals.</summary>
    public static CloseReason Silent { get; } = new(4504, "no sign of life");

    /// <summary>4508: the connection reads too slowly.</summary>
    public static CloseReason TooSlow { get; } = new(4508, "too slow");

    /// <summary>4513: a limit on connections is reached.</summary>
    public static CloseReason TooManyConnections { get; } = new(4513, "too many connections");

    /// <summary>All reasons that the server gives.</summary>
    public static IReadOnlyList<CloseReason> All { get; } =
    [
        Normal, GoingAway, ProtocolError, WrongFormat, NotUtf8, TooLarge, ServerFault, Unauthenticated, Forbidden,
        Replaced, TokenExpired, Abusive, Kicked, Banned, Draining, Silent, TooSlow, TooManyConnections,
    ];

    /// <summary>Whether the client should come back, with backoff, without fixing anything first.</summary>
    public bool IsRetryable => Code is 1001 or 1011 or >= 4500;

    /// <summary>The same code with another word for people, e.g. an operator's own.</summary>
    public CloseReason With(string reason) => this with { Reason = reason };
}
