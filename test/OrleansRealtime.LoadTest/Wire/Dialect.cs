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
    /// <param name="client">Which client.</param>
    /// <param name="channel">Its channel.</param>
    /// <param name="from">Where it goes on, or null to begin; for peers that know of it.</param>
    public abstract IEnumerable<byte[]> Join(int client, string channel, Position? from);

    /// <summary>Reads that the client is subscribed.</summary>
    public abstract bool TryReadJoined(ReadOnlySpan<byte> message, out Joined joined);

    /// <summary>Whether a message says that some publications will not come.</summary>
    public virtual bool IsGap(ReadOnlySpan<byte> message) => false;

    /// <summary>What a client of a channel must answer to a message, or null.</summary>
    public virtual byte[]? Answer(ReadOnlySpan<byte> message, string channel) => null;

    /// <summary>A publish of a JSON payload.</summary>
    public abstract byte[] Publish(string channel, ReadOnlySpan<byte> json);
}

/// <summary>What a server said of a subscription.</summary>
/// <param name="Epoch">The numbering of the channel; none where the peer has none.</param>
/// <param name="IsRecovered">Whether everything that was missed follows.</param>
internal readonly record struct Joined(Epoch Epoch, bool IsRecovered);
