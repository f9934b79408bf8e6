using System.Collections.Immutable;
using OrleansRealtime.Core.Access;

namespace OrleansRealtime.Core.Delivery;

/// <summary>What an actor sends to an edge. Immutable.</summary>
public abstract record EdgeMessage;

/// <summary>What a channel sends to each attached edge, however many sockets are behind it.</summary>
/// <param name="Channel">The channel.</param>
public abstract record ChannelMessage(ChannelName Channel) : EdgeMessage;

/// <summary>A contiguous run of new publications.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Epoch">Their numbering.</param>
/// <param name="Publications">At least one; sequences ascend by one.</param>
public sealed record PublicationBatch(ChannelName Channel, Epoch Epoch, ImmutableArray<Publication> Publications)
    : ChannelMessage(Channel)
{
    /// <summary>When the channel took the first of them from its publisher, by its process's clock; default when that is not known.</summary>
    public DateTimeOffset TakenAt { get; init; }

    /// <summary>The position of the last of them: who handled the batch goes on after it.</summary>
    public Position End => new(Epoch, Publications[^1].Sequence);
}

/// <summary>A signal.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="From">Who sent it; it is not delivered back to the connection that sent it.</param>
/// <param name="Origin">The connection that sent it, or null.</param>
/// <param name="OriginEdge">The edge of that connection, or null.</param>
/// <param name="Key">Its key, or null.</param>
/// <param name="Payload">What was sent.</param>
public sealed record SignalMessage(
    ChannelName Channel, Sender From, EdgeId? OriginEdge, ConnectionId? Origin, string? Key, Payload Payload)
    : ChannelMessage(Channel);

/// <summary>Who came and who went, after the flap grace.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Joined">Users who are there for the first time.</param>
/// <param name="Left">Users who are gone.</param>
public sealed record PresenceMessage(
    ChannelName Channel, ImmutableArray<Member> Joined, ImmutableArray<Member> Left) : ChannelMessage(Channel);

/// <summary>Grants changed: check local subscribers again.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Grants">All grants as they are now.</param>
public sealed record GrantsMessage(ChannelName Channel, ChannelGrants Grants) : ChannelMessage(Channel);

/// <summary>The actor gives up this channel (fenced off, store lost): attach again.</summary>
/// <param name="Channel">The channel.</param>
public sealed record DetachedMessage(ChannelName Channel) : ChannelMessage(Channel);

/// <summary>A user's actor ends connections.</summary>
/// <param name="User">Whose.</param>
/// <param name="Connections">Which.</param>
/// <param name="Reason">Why.</param>
public sealed record CloseConnectionsMessage(
    UserId User, ImmutableArray<ConnectionId> Connections, CloseReason Reason) : EdgeMessage;
