namespace OrleansRealtime.Edge.WebSockets;

/// <summary>What a frame is (RFC 6455, section 5.2).</summary>
internal enum WebSocketOpcode : byte
{
    /// <summary>The next part of a fragmented message.</summary>
    Continuation = 0x0,

    /// <summary>A text message, or its first part.</summary>
    Text = 0x1,

    /// <summary>A binary message, or its first part.</summary>
    Binary = 0x2,

    /// <summary>The peer sends no more.</summary>
    Close = 0x8,

    /// <summary>Asks for a pong.</summary>
    Ping = 0x9,

    /// <summary>Answers a ping.</summary>
    Pong = 0xA,
}
