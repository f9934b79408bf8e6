using System.Collections.Immutable;

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

/// <summary>All connections that an edge holds for a user.</summary>
/// <param name="Edge">The edge.</param>
/// <param name="Connections">Its connections of this user.</param>
public sealed record SessionsRenewal(EdgeId Edge, ImmutableArray<HeldConnection> Connections);

/// <summary>A ban.</summary>
/// <param name="Until">When it ends, or null for never.</param>
/// <param name="Reason">For the user and for operators; at most 100 characters.</param>
/// <param name="By">Who banned.</param>
public sealed record Ban(DateTimeOffset? Until, string Reason, string By);

/// <summary>What others see of a user's state.</summary>
/// <param name="Text">Free text, at most 100 characters; empty for none.</param>
public sealed record UserStatusText(string Text);

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
