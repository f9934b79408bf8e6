using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Connections;

/// <summary>How frames become bytes on one kind of carrier: an encoding and what the carrier wraps around it.</summary>
/// <remarks>
/// Stateless and shared by all connections of its kind. What it returns is finished and immutable, so one array may be given
/// to any number of connections.
/// </remarks>
internal abstract class FrameFormat
{
    /// <summary>How many formats there are; a publication keeps one finished frame for each.</summary>
    public const int Slots = 5;

    /// <summary>JSON in WebSocket text frames.</summary>
    public const int WebSocketJsonSlot = 0;

    /// <summary>Protobuf in WebSocket binary frames.</summary>
    public const int WebSocketProtobufSlot = 1;

    /// <summary>JSON in server-sent events.</summary>
    public const int ServerSentEventsSlot = 2;

    /// <summary>JSON in WebSocket text frames, for sockets that negotiated compression.</summary>
    public const int DeflatedJsonSlot = 3;

    /// <summary>Protobuf in WebSocket binary frames, for sockets that negotiated compression.</summary>
    public const int DeflatedProtobufSlot = 4;

    /// <summary>Creates the format of <paramref name="slot"/>.</summary>
    protected FrameFormat(int slot, IFrameCodec codec)
    {
        Slot = slot;
        Codec = codec;
    }

    /// <summary>Where publications keep their finished frame of this format; below <see cref="Slots"/>.</summary>
    public int Slot { get; }

    /// <summary>The encoding.</summary>
    public IFrameCodec Codec { get; }

    /// <summary>Whether messages of this carrier may be compressed, in both directions.</summary>
    public virtual bool IsCompressed => false;

    /// <summary>
    /// Whether the client resumes by a token that the server sends it with what moves its positions (the event id of
    /// server-sent events). What <see cref="EncodeOpen"/> makes is then finished by <see cref="EncodePositions"/>.
    /// </summary>
    public virtual bool TracksPositions => false;

    /// <summary>One finished frame.</summary>
    public abstract byte[] Encode(ServerFrame frame);

    /// <summary>
    /// One frame that moves the client's position, as far as it is the same for all connections: finished, unless
    /// <see cref="TracksPositions"/>.
    /// </summary>
    public virtual byte[] EncodeOpen(ServerFrame frame) => Encode(frame);

    /// <summary>
    /// The format in which a publication is best kept for this carrier: this one, or another one that its peer understands, which
    /// others share.
    /// </summary>
    /// <param name="payloadLength">The length of the publication's payload, in bytes.</param>
    public virtual FrameFormat ForPublication(int payloadLength) => this;

    /// <summary>One publication, as <see cref="EncodeOpen"/> makes it or compressed.</summary>
    public virtual byte[] EncodePublication(PublicationFrame frame) => EncodeOpen(frame);

    /// <summary>What shows the peer that the connection lives, and asks it for a sign of life where the carrier can.</summary>
    public abstract byte[] EncodePing();

    /// <summary>The last frame of a connection.</summary>
    public abstract byte[] EncodeClose(CloseReason reason);

    /// <summary>
    /// What finishes an open frame when <see cref="TracksPositions"/>: the positions of all subscribed channels, with that frame
    /// counted in.
    /// </summary>
    public virtual byte[] EncodePositions(IReadOnlyList<ChannelPosition> positions) => [];
}

/// <summary>Where a connection stands in one channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Position">The last position sent.</param>
internal readonly record struct ChannelPosition(ChannelName Channel, Position Position);
