namespace OrleansRealtime.LoadTest.Wire;

/// <summary>What a peer's clients say: the same steps for every peer, in its own words. Immutable.</summary>
internal abstract class Dialect
{
    /// <summary>The path and query of the WebSocket.</summary>
    public abstract string Path { get; }

    /// <summary>Further lines of the handshake, each with its end.</summary>
    public virtual string HandshakeLines(int client) => "";

    /// <summary>Whether frames are binary.</summary>
    public virtual bool IsBinary => false;

    /// <summary>What a client says once it is connected, to be subscribed to a channel; messages in order.</summary>
    public abstract IEnumerable<byte[]> Join(int client, string channel);

    /// <summary>Whether a message says that the client is subscribed.</summary>
    public abstract bool IsJoined(ReadOnlySpan<byte> message);

    /// <summary>What must be answered to a message, or null.</summary>
    public virtual byte[]? Answer(ReadOnlySpan<byte> message) => null;

    /// <summary>A publish of a JSON payload.</summary>
    public abstract byte[] Publish(string channel, ReadOnlySpan<byte> json);
}
