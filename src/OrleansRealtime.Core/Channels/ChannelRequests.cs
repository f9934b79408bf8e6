using System.Collections.Immutable;
using OrleansRealtime.Core.Access;

namespace OrleansRealtime.Core.Channels;

/// <summary>An edge asks for a channel's deliveries.</summary>
/// <param name="Edge">The edge.</param>
/// <param name="Recent">How many of the latest publications to return for the edge's replay cache; 0 for none.</param>
/// <param name="Members">All users present through this edge.</param>
public sealed record AttachRequest(EdgeId Edge, int Recent, ImmutableArray<Member> Members);

/// <summary>What an edge knows of a channel that it is attached to.</summary>
/// <param name="Edge">The edge.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Position">The position up to which it has everything.</param>
/// <param name="GrantsVersion">The version of the grants that it checks by.</param>
public sealed record Renewal(EdgeId Edge, ChannelName Channel, Position Position, long GrantsVersion);

/// <summary>Something to publish.</summary>
/// <param name="Caller">Who publishes.</param>
/// <param name="Payload">What.</param>
/// <param name="MessageId">Idempotency id, or null.</param>
/// <param name="Key">What it is the latest value of, or null.</param>
public sealed record PublishRequest(Caller Caller, Payload Payload, string? MessageId = null, string? Key = null);

/// <summary>Something to tell the subscribers of now.</summary>
/// <param name="Caller">Who tells.</param>
/// <param name="Payload">What.</param>
/// <param name="Key">Its key, or null.</param>
/// <param name="OriginEdge">The edge of the connection that must not get it back, or null.</param>
/// <param name="Origin">That connection, or null.</param>
public sealed record SignalRequest(
    Caller Caller, Payload Payload, string? Key = null, EdgeId? OriginEdge = null, ConnectionId? Origin = null);

/// <summary>A request for retained publications.</summary>
/// <param name="Caller">Who reads.</param>
/// <param name="From">Read after this position, or before it in reverse; null for the oldest, or the newest.</param>
/// <param name="Limit">How many at most; 1 to 1000. Fewer come when they exceed <see cref="MaxBytes"/>.</param>
/// <param name="Reverse">Newest first.</param>
public sealed record ReadRequest(Caller Caller, Position? From, int Limit, bool Reverse)
{
    /// <summary>How many payload bytes one answer holds at most, unless a single publication is larger: 256 KiB.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>How many publications one answer holds at most: 1000.</summary>
    public const int MaxLimit = 1000;
}

/// <summary>Who came to and went from a channel through one edge.</summary>
/// <param name="Edge">The edge.</param>
/// <param name="Joined">Users whose first connection on that edge came.</param>
/// <param name="Left">Users whose last connection on that edge went.</param>
public sealed record MembersUpdate(EdgeId Edge, ImmutableArray<Member> Joined, ImmutableArray<UserId> Left);

/// <summary>A change of grants.</summary>
/// <param name="Caller">Who changes.</param>
/// <param name="User">Whose rights.</param>
/// <param name="Rights">Which.</param>
/// <param name="Revoke">Whether they are taken, not given.</param>
public sealed record GrantChange(Caller Caller, UserId User, ChannelRights Rights, bool Revoke);
