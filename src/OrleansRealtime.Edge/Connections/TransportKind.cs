namespace OrleansRealtime.Edge.Connections;

/// <summary>What carries a connection.</summary>
internal enum TransportKind
{
    /// <summary>A WebSocket, over HTTP/1.1 or HTTP/2.</summary>
    WebSocket,

    /// <summary>Server-sent events: server to client only; commands come over HTTP.</summary>
    ServerSentEvents,
}
