using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Frames as WebSocket messages for sockets that negotiated permessage-deflate: large publications are compressed.</summary>
/// <remarks>
/// Nothing else is: a publication is compressed once for all its sockets and holds what one publisher wrote; an answer would be
/// compressed for one socket alone, and may hold what must not be guessed from its length.
/// </remarks>
internal sealed class DeflatedWebSocketFormat(int slot, WebSocketFormat plain, int minPayloadBytes) : WebSocketFormat(slot, plain.Codec)
{
    /// <inheritdoc/>
    public override bool IsCompressed => true;

    /// <inheritdoc/>
    public override FrameFormat ForPublication(int payloadLength) => payloadLength < minPayloadBytes ? plain : this;

    /// <inheritdoc/>
    public override byte[] EncodePublication(PublicationFrame frame)
    {
        var payload = Write(frame);
        var compressed = Deflation.Compress(payload);
        return compressed.IsEmpty ? Finish(payload, isCompressed: false) : Finish(compressed, isCompressed: true);
    }
}
