namespace OrleansRealtime.Protocol;

/// <summary>What a client sends. Immutable; payload bytes are the command's own and may be kept.</summary>
/// <param name="Id">The client's correlation id, or none: then errors still come, without an id.</param>
public abstract record ClientCommand(CommandId Id);

/// <summary><c>auth</c>: who the client is. Must be first unless the handshake already said so.</summary>
/// <param name="Id">Correlation id.</param>
/// <param name="Token">A JWT, or null for an anonymous user where that is allowed.</param>
/// <param name="Version">The protocol version that the client speaks: 1.</param>
/// <param name="Features">Optional abilities that the client has; unknown ones are ignored.</param>
/// <param name="Session">The session to take up again, or null for a new one.</param>
public sealed record AuthCommand(
    CommandId Id, string? Token, int Version, IReadOnlyList<string> Features, SessionId? Session) : ClientCommand(Id);

/// <summary><c>refresh</c>: a new token of the same user.</summary>
/// <param name="Id">Correlation id.</param>
/// <param name="Token">A JWT.</param>
public sealed record RefreshCommand(CommandId Id, string Token) : ClientCommand(Id);

/// <summary><c>subscribe</c>: from now on, or from a position, receive a channel.</summary>
/// <param name="Id">Correlation id.</param>
/// <param name="Channel">The channel.</param>
/// <param name="From">The last position seen, to resume after it; null to start anew.</param>
/// <param name="Last">Without <paramref name="From"/>: how many of the latest publications to receive first; 0 for none.</param>
/// <param name="Presence">Whether to receive <c>join</c> and <c>leave</c>, and to count as present.</param>
/// <param name="Conflate">
/// When not null: <c>latest</c> delivery, at most one publication of each key per this interval (10 ms to 60 s).
/// </param>
public sealed record SubscribeCommand(
    CommandId Id, ChannelName Channel, Position? From, int Last, bool Presence, TimeSpan? Conflate) : ClientCommand(Id);

/// <summary><c>unsubscribe</c>: no more of a channel.</summary>
/// <param name="Id">Correlation id.</param>
/// <param name="Channel">The channel.</param>
public sealed record UnsubscribeCommand(CommandId Id, ChannelName Channel) : ClientCommand(Id);

/// <summary><c>publish</c>: append to a channel.</summary>
/// <param name="Id">Correlation id.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Payload">What to publish.</param>
/// <param name="MessageId">Idempotency id, or null.</param>
/// <param name="Key">What this is the latest value of, or null.</param>
public sealed record PublishCommand(
    CommandId Id, ChannelName Channel, Payload Payload, string? MessageId, string? Key) : ClientCommand(Id);

/// <summary><c>signal</c>: tell the subscribers of now something that is not kept.</summary>
/// <param name="Id">Correlation id; without one there is no answer unless it is refused.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Payload">What to tell.</param>
/// <param name="Key">Under pressure only the newest signal of a key is kept; or null.</param>
public sealed record SignalCommand(CommandId Id, ChannelName Channel, Payload Payload, string? Key) : ClientCommand(Id);

/// <summary><c>history</c>: read retained publications.</summary>
/// <param name="Id">Correlation id.</param>
/// <param name="Channel">The channel.</param>
/// <param name="From">
/// Read after this position, or before it when <paramref name="Reverse"/>; null for the oldest retained, or the newest.
/// </param>
/// <param name="Limit">How many at most: 1 to 1000.</param>
/// <param name="Reverse">Newest first.</param>
public sealed record HistoryCommand(
    CommandId Id, ChannelName Channel, Position? From, int Limit, bool Reverse) : ClientCommand(Id);

/// <summary><c>presence</c>: who is in a channel.</summary>
/// <param name="Id">Correlation id.</param>
/// <param name="Channel">The channel.</param>
public sealed record PresenceCommand(CommandId Id, ChannelName Channel) : ClientCommand(Id);

/// <summary><c>call</c>: a request to the application behind the server.</summary>
/// <param name="Id">Correlation id.</param>
/// <param name="Method">1 to 128 characters.</param>
/// <param name="Payload">The argument.</param>
public sealed record CallCommand(CommandId Id, string Method, Payload Payload) : ClientCommand(Id);

/// <summary><c>ping</c>: answered by <c>pong</c>.</summary>
/// <param name="Id">Correlation id.</param>
public sealed record PingCommand(CommandId Id) : ClientCommand(Id);
