namespace OrleansRealtime.Protocol;

/// <summary>The protocol version and the names that a handshake uses.</summary>
public static class ProtocolVersion
{
    /// <summary>The version that this library speaks: 1.</summary>
    public const int Current = 1;

    /// <summary>WebSocket subprotocol of the JSON encoding (text frames).</summary>
    public const string JsonSubprotocol = "realtime.v1.json";

    /// <summary>WebSocket subprotocol of the Protobuf encoding (binary frames).</summary>
    public const string ProtobufSubprotocol = "realtime.v1.protobuf";

    /// <summary>What a token offered as a WebSocket subprotocol starts with: <c>bearer.&lt;jwt&gt;</c>.</summary>
    public const string BearerSubprotocolPrefix = "bearer.";
}
