namespace OrleansRealtime.Edge.Connections;

/// <summary>What watches one connection for abuse. Called by its read loop, one call at a time, but for the last.</summary>
internal interface IConnectionGuard
{
    /// <summary>Takes the cost of one message; not null (<c>rate_limited</c>) when it is not to be carried out.</summary>
    /// <param name="messageBytes">How long the message is.</param>
    /// <param name="ending">Not null when refusals were not listened to: the connection is to be closed.</param>
    RealtimeError? Admit(int messageBytes, out CloseReason? ending);

    /// <summary>Counts a malformed message; not null when it was one too many.</summary>
    CloseReason? Strike();

    /// <summary>The connection's user is known from now on.</summary>
    void OnAuthenticated(UserId user);

    /// <summary>The connection ended. Called once, from any thread.</summary>
    void OnEnded(CloseReason reason);
}
