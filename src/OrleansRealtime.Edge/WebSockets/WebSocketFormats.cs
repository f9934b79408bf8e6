using System.Collections.Frozen;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>The formats of WebSockets by what their handshakes settled. Immutable.</summary>
internal sealed class WebSocketFormats
{
    private static readonly FrozenDictionary<string, WebSocketFormat> Plain = FrameCodecs.All.ToFrozenDictionary(
        static codec => codec.Subprotocol,
        static codec => new WebSocketFormat(
            codec.IsBinary ? FrameFormat.WebSocketProtobufSlot : FrameFormat.WebSocketJsonSlot, codec));

    private readonly FrozenDictionary<string, WebSocketFormat> _deflated;

    /// <summary>Creates the formats of an edge.</summary>
    public WebSocketFormats(EdgeOptions options) =>
        _deflated = Plain.ToFrozenDictionary(
            static plain => plain.Key,
            plain => (WebSocketFormat)new DeflatedWebSocketFormat(
                plain.Value.Codec.IsBinary ? FrameFormat.DeflatedProtobufSlot : FrameFormat.DeflatedJsonSlot,
                plain.Value,
                options.CompressionMinBytes));

    /// <summary>The format for an offer; null when this build does not speak its encoding.</summary>
    public WebSocketFormat? Find(WebSocketOffer offer) =>
        (offer.Compression is null ? Plain : _deflated).GetValueOrDefault(offer.Encoding);
}
