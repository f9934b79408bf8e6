namespace OrleansRealtime.Client;

/// <summary>How messages are encoded on a WebSocket.</summary>
public enum ClientEncoding
{
    /// <summary>Protobuf in binary messages: smaller, and binary payloads travel as they are.</summary>
    Protobuf,

    /// <summary>JSON in text messages: readable in every tool on the way.</summary>
    Json,
}
