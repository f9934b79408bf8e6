namespace OrleansRealtime.Core.Users;

/// <summary>A connection to be closed.</summary>
internal sealed record Closing(EdgeId Edge, ConnectionId Connection, CloseReason Reason);

/// <summary>What a request to be admitted came to.</summary>
/// <param name="Outcome">The answer.</param>
/// <param name="Replaced">The connection that held the session before, or null.</param>
internal sealed record OpenDecision(OpenSessionOutcome Outcome, Closing? Replaced)
{
    public static OpenDecision Refuse(CloseReason reason) => new(new OpenSessionOutcome(reason, default, false), null);

    public static OpenDecision Admit(SessionId session, bool isResumed, Closing? replaced) =>
        new(new OpenSessionOutcome(null, session, isResumed), replaced);
}

/// <summary>What those who may watch a user see.</summary>
/// <param name="IsOnline">Whether a session is connected or within its grace time.</param>
/// <param name="Status">The status text, or empty.</param>
/// <param name="LastSeen">When a connection was last there, or null when never; while online it says nothing new, so it is left out.</param>
internal sealed record StatusView(bool IsOnline, string Status, DateTimeOffset? LastSeen);
