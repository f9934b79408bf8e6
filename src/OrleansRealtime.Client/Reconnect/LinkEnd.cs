namespace OrleansRealtime.Client.Reconnect;

/// <summary>How a link, or the attempt to make one, ended. Immutable.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Code">The close code or HTTP status, or 0.</param>
/// <param name="Reason">For people.</param>
/// <param name="After">When the server said to come back, from now on, or null.</param>
internal sealed record LinkEnd(LinkEndKind Kind, int Code, string Reason, TimeSpan? After = null)
{
    public static LinkEnd Silent { get; } = new(LinkEndKind.Lost, 0, "the server is silent");

    public static LinkEnd Closed(int code, string reason) => new(LinkEndKind.Closed, code, reason);

    public static LinkEnd Lost(string reason) => new(LinkEndKind.Lost, 0, reason);

    public static LinkEnd Refused(int status, string reason, TimeSpan? after = null) => new(LinkEndKind.Refused, status, reason, after);

    public static LinkEnd Left(TimeSpan after) => new(LinkEndKind.Left, 0, "the server asked to come back", after);

    /// <summary>What an application is told.</summary>
    public CloseReason ToCloseReason() => new(Kind is LinkEndKind.Closed or LinkEndKind.Refused ? Code : 1006, Reason);
}

/// <summary>What happened to a link.</summary>
internal enum LinkEndKind
{
    /// <summary>It was closed with a WebSocket close code.</summary>
    Closed,

    /// <summary>The server answered the handshake with an HTTP status.</summary>
    Refused,

    /// <summary>It broke, or never came to be, without a word of the server.</summary>
    Lost,

    /// <summary>There was no token to connect with.</summary>
    NoToken,

    /// <summary>The client left because the server drains.</summary>
    Left,
}
