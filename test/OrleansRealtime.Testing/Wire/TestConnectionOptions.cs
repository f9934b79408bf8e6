using OrleansRealtime.Protocol;

namespace OrleansRealtime.Testing.Wire;

/// <summary>How a <see cref="TestConnection"/> is made.</summary>
public sealed record TestConnectionOptions
{
    /// <summary>Path and query of the handshake.</summary>
    public string Path { get; init; } = "/v1/ws";

    /// <summary>The encoding; its subprotocol is offered.</summary>
    public IFrameCodec Codec { get; init; } = FrameCodecs.Default;

    /// <summary>The subprotocols to offer instead of the codec's; none when empty.</summary>
    public IReadOnlyList<string>? Subprotocols { get; init; }

    /// <summary>More header fields of the handshake, e.g. <c>("Origin", "https://app.example.com")</c>.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The receive buffer of the socket, in bytes; small ones make a slow reader felt early. Null for the system's.</summary>
    public int? ReceiveBufferBytes { get; init; }

    /// <summary>How long to wait for what a test expects before it fails.</summary>
    // Generous, because the machine may be busy; a passing test never waits for it.
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);
}
