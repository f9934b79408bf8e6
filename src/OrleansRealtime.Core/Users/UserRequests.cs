using System.Collections.Immutable;
using System.Text;

namespace OrleansRealtime.Core.Users;

/// <summary>A connection asks to be admitted.</summary>
/// <param name="Edge">Its edge.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Resume">The session to take up again, or null.</param>
/// <param name="TokenIssuedAt">The token's <c>iat</c>, or the time of the handshake where there is none.</param>
/// <param name="MaxConnections">How many connections the user may have; 0 for no limit.</param>
public sealed record OpenSessionRequest(
    EdgeId Edge, ConnectionId Connection, SessionId? Resume, DateTimeOffset TokenIssuedAt, int MaxConnections);

/// <summary>Answer to a request to be admitted.</summary>
/// <param name="Refusal">Why the connection must close, or null.</param>
/// <param name="Session">The session.</param>
/// <param name="IsResumed">Whether it is the one that was asked for.</param>
public sealed record OpenSessionOutcome(CloseReason? Refusal, SessionId Session, bool IsResumed);

/// <summary>One connection of a user, as its edge knows it.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Session">Its session.</param>
/// <param name="TokenIssuedAt">The <c>iat</c> of the token in force.</param>
public sealed record HeldConnection(ConnectionId Connection, SessionId Session, DateTimeOffset TokenIssuedAt);

/// <summary>
/// Connections that an edge holds for a user. Every connection is to be renewed every 10 s, and at once after its token was
/// refreshed; one that is not renewed for 30 s counts as lost.
/// </summary>
/// <param name="Edge">The edge.</param>
/// <param name="Connections">Its connections of this user, or some of them.</param>
public sealed record SessionsRenewal(EdgeId Edge, ImmutableArray<HeldConnection> Connections);

/// <summary>A ban.</summary>
/// <param name="Until">When it ends, or null for never.</param>
/// <param name="Reason">For the user and for operators; at most <see cref="MaxReasonLength"/> characters.</param>
/// <param name="By">Who banned.</param>
public sealed record Ban(DateTimeOffset? Until, string Reason, string By)
{
    /// <summary>The greatest length of a reason, in characters: 100.</summary>
    public const int MaxReasonLength = 100;

    /// <summary>How a banned user's connections are closed: with the ban's own reason if a close frame can hold it.</summary>
    internal CloseReason ToCloseReason() =>
        Reason.Length > 0 && Encoding.UTF8.GetByteCount(Reason) <= MaxCloseReasonBytes
            ? CloseReason.Banned.With(Reason)
            : CloseReason.Banned;

    // RFC 6455, section 5.5: a control frame carries 125 bytes, two of which are the close code.
    private const int MaxCloseReasonBytes = 123;
}

/// <summary>What others see of a user's state.</summary>
/// <param name="Text">Free text, at most <see cref="MaxLength"/> characters; empty for none.</param>
public sealed record UserStatusText(string Text)
{
    /// <summary>The greatest length of a status text, in characters: 100.</summary>
    public const int MaxLength = 100;
}

/// <summary>Answer to a question for a user.</summary>
/// <param name="User">Who.</param>
/// <param name="IsOnline">Whether a session is connected or within its grace time.</param>
/// <param name="Status">The status text, or empty.</param>
/// <param name="LastSeen">When a connection was last there, or null when never.</param>
/// <param name="Sessions">The sessions known.</param>
/// <param name="Ban">The ban in force, or null.</param>
/// <param name="TokensRevokedBefore">Tokens issued before this are refused, or null.</param>
public sealed record UserDescription(
    UserId User,
    bool IsOnline,
    string Status,
    DateTimeOffset? LastSeen,
    ImmutableArray<SessionDescription> Sessions,
    Ban? Ban,
    DateTimeOffset? TokensRevokedBefore);

/// <summary>One session of a user.</summary>
/// <param name="Session">The session.</param>
/// <param name="Edge">Where it is, or was, connected.</param>
/// <param name="Connection">The connection, or null within the grace time.</param>
public sealed record SessionDescription(SessionId Session, EdgeId Edge, ConnectionId? Connection);
