namespace OrleansRealtime.Protocol;

/// <summary>What a server sends. Immutable.</summary>
public abstract record ServerFrame;

/// <summary><c>auth_ack</c>.</summary>
/// <param name="Id">Correlation id of the <c>auth</c>, or none when the handshake authenticated.</param>
/// <param name="Version">The protocol version spoken: 1.</param>
/// <param name="User">Who the client is now.</param>
/// <param name="Session">The session, to name in the <c>auth</c> of the next connection.</param>
/// <param name="Resumed">Whether this is the session that was asked for.</param>
/// <param name="Node">The edge that holds the connection.</param>
/// <param name="Heartbeat">How often the server pings.</param>
/// <param name="Expires">When the token expires, or null when it does not.</param>
/// <param name="Limits">What the connection may do at most.</param>
/// <param name="Time">Server time.</param>
public sealed record AuthAckFrame(
    CommandId Id,
    int Version,
    UserId User,
    SessionId Session,
    bool Resumed,
    EdgeId Node,
    TimeSpan Heartbeat,
    DateTimeOffset? Expires,
    ConnectionLimits Limits,
    DateTimeOffset Time) : ServerFrame;

/// <summary>What a connection may do at most.</summary>
/// <param name="MessageBytes">The longest message that a client may send, in bytes.</param>
/// <param name="Subscriptions">How many channels it may hold at once.</param>
public sealed record ConnectionLimits(int MessageBytes, int Subscriptions);

/// <summary><c>ack</c>: a command was carried out.</summary>
/// <param name="Id">Correlation id of the command.</param>
/// <param name="Channel">The channel of the command, if it had one.</param>
/// <param name="Payload">What the command brought, or null when there is nothing to say.</param>
public sealed record AckFrame(CommandId Id, ChannelName? Channel, AckPayload? Payload) : ServerFrame;

/// <summary>What a command brought.</summary>
public abstract record AckPayload;

/// <summary>Answer to <c>refresh</c>.</summary>
/// <param name="Expires">When the new token expires, or null when it does not.</param>
public sealed record RefreshedAck(DateTimeOffset? Expires) : AckPayload;

/// <summary>Answer to <c>subscribe</c>; what was missed follows, then live.</summary>
/// <param name="Position">The channel's position; what follows up to it is what was missed or asked for.</param>
/// <param name="Recovered">Whether everything after the position that was asked for follows. True when none was asked for.</param>
/// <param name="Missed">How many publications up to <paramref name="Position"/> follow.</param>
/// <param name="Snapshot">
/// Whether those are the latest of each key of a compact channel, ascending but with holes, and not a contiguous run.
/// </param>
/// <param name="Guarantee">What the channel promises.</param>
public sealed record SubscribedAck(
    Position Position, bool Recovered, long Missed, bool Snapshot, ChannelGuarantee Guarantee) : AckPayload;

/// <summary>Answer to <c>publish</c>.</summary>
/// <param name="Position">Where the publication stands; with no history kept, what it was numbered.</param>
/// <param name="Duplicate">Whether this message id had been published before; the position is the first one's.</param>
/// <param name="Data">What the application's behaviour answered, if it did.</param>
public sealed record PublishedAck(Position Position, bool Duplicate, Payload? Data) : AckPayload;

/// <summary>Answer to <c>history</c>.</summary>
/// <param name="Publications">In the order that was asked for.</param>
/// <param name="Position">The channel's position.</param>
/// <param name="More">Whether there are more in that direction.</param>
public sealed record HistoryAck(IReadOnlyList<Publication> Publications, Position Position, bool More) : AckPayload;

/// <summary>Answer to <c>presence</c>.</summary>
/// <param name="Members">Who is there; empty when the channel only counts.</param>
/// <param name="Count">How many users are there.</param>
/// <param name="Truncated">Whether <paramref name="Members"/> is not all of them.</param>
public sealed record PresenceAck(IReadOnlyList<Member> Members, int Count, bool Truncated) : AckPayload;

/// <summary>Answer to <c>call</c>.</summary>
/// <param name="Data">What the application answered.</param>
public sealed record CallAck(Payload Data) : AckPayload;

/// <summary><c>publication</c>.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Publication">The publication.</param>
public sealed record PublicationFrame(ChannelName Channel, Publication Publication) : ServerFrame;

/// <summary><c>signal</c>.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="From">Who sent it.</param>
/// <param name="Key">The sender's key, or null.</param>
/// <param name="Payload">What was sent.</param>
public sealed record SignalFrame(ChannelName Channel, Sender From, string? Key, Payload Payload) : ServerFrame;

/// <summary><c>join</c>: a user came, and is there for the first time.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Member">Who.</param>
public sealed record JoinFrame(ChannelName Channel, Member Member) : ServerFrame;

/// <summary><c>leave</c>: a user is gone, on all connections and for longer than the flap grace.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Member">Who.</param>
public sealed record LeaveFrame(ChannelName Channel, Member Member) : ServerFrame;

/// <summary><c>gap</c>: these numbers will not come.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="From">The first of them.</param>
/// <param name="To">The last of them.</param>
/// <param name="Reason"><c>slow</c>, <c>conflated</c> or <c>lost</c>.</param>
public sealed record GapFrame(ChannelName Channel, long From, long To, string Reason) : ServerFrame;

/// <summary><c>reset</c>: the numbering restarted; reload your snapshot.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Position">The new position.</param>
public sealed record ResetFrame(ChannelName Channel, Position Position) : ServerFrame;

/// <summary><c>unsubscribed</c>: the server ended the subscription.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Error">Why.</param>
public sealed record UnsubscribedFrame(ChannelName Channel, RealtimeError Error) : ServerFrame;

/// <summary><c>expiring</c>: refresh your token.</summary>
/// <param name="Expires">When it expires.</param>
public sealed record ExpiringFrame(DateTimeOffset Expires) : ServerFrame;

/// <summary><c>reconnect</c>: this node drains.</summary>
/// <param name="After">Come back after this time, which is already spread.</param>
/// <param name="Reason">For people.</param>
public sealed record ReconnectFrame(TimeSpan After, string Reason) : ServerFrame;

/// <summary><c>error</c>: a command was refused, or a message was not understood.</summary>
/// <param name="Id">Correlation id of the command, or none.</param>
/// <param name="Channel">The channel of the command, if it had one.</param>
/// <param name="Error">Why.</param>
public sealed record ErrorFrame(CommandId Id, ChannelName? Channel, RealtimeError Error) : ServerFrame;

/// <summary><c>pong</c>.</summary>
/// <param name="Id">Correlation id of the <c>ping</c>.</param>
/// <param name="Time">Server time.</param>
public sealed record PongFrame(CommandId Id, DateTimeOffset Time) : ServerFrame;
