using System.Collections.Frozen;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>The formats of WebSockets by subprotocol.</summary>
internal static class WebSocketFormats
{
    private static readonly FrozenDictionary<string, WebSocketFormat> BySubprotocol =
        FrameCodecs.All.ToFrozenDictionary(
            static codec => codec.Subprotocol,
            static codec => new WebSocketFormat(
                codec.IsBinary ? FrameFormat.WebSocketProtobufSlot : FrameFormat.WebSocketJsonSlot, codec));

    /// <summary>The format of a subprotocol; null when this build does not speak it.</summary>
    public static WebSocketFormat? Find(string subprotocol) => BySubprotocol.GetValueOrDefault(subprotocol);
}
