using System.Buffers;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>What a <see cref="WebSocketMessageReader"/> found.</summary>
internal enum WebSocketMessageKind : byte
{
    /// <summary>The stream ended, or broke, without a close frame. Nothing more comes.</summary>
    Ended,

    /// <summary>A whole text message; its payload is valid UTF-8.</summary>
    Text,

    /// <summary>A whole binary message.</summary>
    Binary,

    /// <summary>A ping; answer with a pong of the same payload.</summary>
    Ping,

    /// <summary>A pong.</summary>
    Pong,

    /// <summary>The client closes; answer with a close frame of the same reason and end. Nothing more comes.</summary>
    Close,

    /// <summary>The client broke a rule; send a close frame with the reason, drain, and end. Nothing more comes.</summary>
    Fault,
}

/// <summary>One message of the client, or why there are no more.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Payload">The unmasked payload, at most the size limit; valid until the reader is used again.</param>
/// <param name="Reason">
/// Of <see cref="WebSocketMessageKind.Close"/>: what the client said, and what to answer (1000 when it said nothing).
/// Of <see cref="WebSocketMessageKind.Fault"/>: what to close with. Otherwise null.
/// </param>
internal readonly record struct WebSocketMessage(
    WebSocketMessageKind Kind, ReadOnlySequence<byte> Payload, CloseReason? Reason);
