namespace OrleansRealtime.Client;

/// <summary>Where a client stands.</summary>
public enum ClientState
{
    /// <summary>No connection is wanted: before <see cref="RealtimeClient.ConnectAsync"/>, after disposal, or after a final close.</summary>
    Closed,

    /// <summary>A connection is wanted and being made, or waited for. Publishes wait.</summary>
    Connecting,

    /// <summary>The server acknowledged the connection.</summary>
    Connected,
}
