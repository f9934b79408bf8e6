namespace OrleansRealtime.Edge.Connections;

/// <summary>What watches one connection for abuse. Called by its read loop, one call at a time, but for the last.</summary>
internal interface IConnectionGuard
{
    /// <summary>Ends the connection, for a guard whose refusals are not listened to; set once there is a connection.</summary>
    Action<CloseReason>? Close { get; set; }

    /// <summary>Takes the cost of one message; not null (<c>rate_limited</c>) when it is not to be carried out.</summary>
    RealtimeError? Admit(int messageBytes);

    /// <summary>Counts a malformed message; not null when it was one too many.</summary>
    CloseReason? Strike();

    /// <summary>The connection's user is known from now on.</summary>
    void OnAuthenticated(UserId user);

    /// <summary>The connection ended. Called once, from any thread.</summary>
    void OnEnded(CloseReason reason);
}
