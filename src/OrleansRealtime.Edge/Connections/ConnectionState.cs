namespace OrleansRealtime.Edge.Connections;

/// <summary>Where a connection is in its life. It only ever moves down this list.</summary>
internal enum ConnectionState
{
    /// <summary>The carrier is up, and nothing has been asked of the client yet.</summary>
    Handshake,

    /// <summary>Only <c>auth</c> is taken.</summary>
    Authenticating,

    /// <summary>The user is known, and all commands are taken.</summary>
    Open,

    /// <summary>As open, and the client was told to come back elsewhere.</summary>
    Draining,

    /// <summary>The last frame is queued, or the carrier is gone; nothing is taken any more.</summary>
    Closed,
}
