using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.WebSockets;

/// <summary>What a client sends, and what a reader must make of it; with or without compression negotiated.</summary>
internal sealed record WebSocketCase(string Name, ClientFrame[] Frames, string[] Expected, bool IsBinary = false, bool IsCompressed = false)
{
    public byte[] Bytes => ClientFrame.ToBytes(Frames);

    public override string ToString() => Name;
}
