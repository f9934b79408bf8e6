using System.Collections.Immutable;
using OrleansRealtime.Core.Access;

namespace OrleansRealtime.Core.Channels;

/// <summary>Answer to an attach.</summary>
/// <param name="Refusal">Why not (unknown namespace, store unavailable), or null.</param>
/// <param name="Position">Where the channel stands; every later publication will be delivered.</param>
/// <param name="Recent">The latest publications, ascending and contiguous, ending at the position; as many as asked for and buffered.</param>
/// <param name="Grants">The grants in force.</param>
public sealed record AttachOutcome(
    RealtimeError? Refusal, Position Position, ImmutableArray<Publication> Recent, ChannelGrants Grants)
{
    /// <summary>A refusal.</summary>
    public static AttachOutcome Refused(RealtimeError refusal) => new(refusal, default, [], ChannelGrants.None);
}

/// <summary>Answer to a renewal.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="IsAttached">False when the channel does not know this edge: attach again, with all members.</param>
/// <param name="Position">Where the channel stands; an edge that is behind reads what it lacks.</param>
/// <param name="Grants">The grants in force when the edge's are old, otherwise null.</param>
public sealed record RenewOutcome(ChannelName Channel, bool IsAttached, Position Position, ChannelGrants? Grants);

/// <summary>Answer to a publish.</summary>
/// <param name="Refusal">Why not, or null.</param>
/// <param name="IsUndecided">With a refusal: whether only the application's authorizer can still allow it.</param>
/// <param name="Position">Where the publication stands.</param>
/// <param name="IsDuplicate">Whether this message id had been published before.</param>
/// <param name="Answer">What the behaviour answered, or null.</param>
public sealed record PublishOutcome(
    RealtimeError? Refusal, bool IsUndecided, Position Position, bool IsDuplicate, Payload? Answer)
{
    /// <summary>Accepted at <paramref name="position"/>.</summary>
    public static PublishOutcome Accepted(Position position, Payload? answer = null) => new(null, false, position, false, answer);

    /// <summary>Published before, at <paramref name="position"/>.</summary>
    public static PublishOutcome Duplicate(Position position) => new(null, false, position, true, null);

    /// <summary>Refused.</summary>
    public static PublishOutcome Refused(RealtimeError refusal, bool isUndecided = false) =>
        new(refusal, isUndecided, default, false, null);
}

/// <summary>Answer to a signal.</summary>
/// <param name="Refusal">Why not, or null.</param>
/// <param name="IsUndecided">With a refusal: whether only the application's authorizer can still allow it.</param>
public sealed record SignalOutcome(RealtimeError? Refusal, bool IsUndecided)
{
    /// <summary>Delivered to the attached edges.</summary>
    public static SignalOutcome Accepted { get; } = new(null, false);
}

/// <summary>Answer to a read.</summary>
/// <param name="Refusal">Why not, or null.</param>
/// <param name="IsUndecided">With a refusal: whether only the application's authorizer can still allow it.</param>
/// <param name="Publications">In the order asked for; contiguous, and forward reads start right after the position asked for unless <paramref name="IsLost"/>.</param>
/// <param name="Position">Where the channel stands.</param>
/// <param name="More">Whether there are more in that direction.</param>
/// <param name="IsLost">
/// Whether the position asked for is of another epoch, ahead of the channel, or so old that something after it is gone;
/// <paramref name="Publications"/> then starts with the oldest retained.
/// </param>
public sealed record ReadOutcome(
    RealtimeError? Refusal, bool IsUndecided, ImmutableArray<Publication> Publications, Position Position, bool More, bool IsLost)
{
    /// <summary>Whether the log was read for it, and not only the channel's buffer.</summary>
    public bool IsFromLog { get; init; }

    /// <summary>Refused.</summary>
    public static ReadOutcome Refused(RealtimeError refusal, bool isUndecided = false) =>
        new(refusal, isUndecided, [], default, false, false);
}

/// <summary>Answer to a read of a compact channel's snapshot.</summary>
/// <param name="Refusal">Why not, or null.</param>
/// <param name="Publications">The latest of each key, ascending.</param>
/// <param name="Position">Where the channel stood: everything after it is not in the snapshot.</param>
public sealed record SnapshotOutcome(RealtimeError? Refusal, ImmutableArray<Publication> Publications, Position Position)
{
    /// <summary>The latest tombstones of keys that have no value, ascending; of the last removals only.</summary>
    public ImmutableArray<Publication> Removed { get; init; } = [];

    /// <summary>The sequence after which no removal is missing in <see cref="Removed"/>.</summary>
    public long RemovalsKnownAfter { get; init; }
}

/// <summary>Answer to a question for presence.</summary>
/// <param name="Refusal">Why not, or null.</param>
/// <param name="IsUndecided">With a refusal: whether only the application's authorizer can still allow it.</param>
/// <param name="Members">Who is there; empty when the channel only counts.</param>
/// <param name="Count">How many users are there.</param>
/// <param name="IsTruncated">Whether not all are listed.</param>
public sealed record PresenceOutcome(
    RealtimeError? Refusal, bool IsUndecided, ImmutableArray<Member> Members, int Count, bool IsTruncated)
{
    /// <summary>Refused.</summary>
    public static PresenceOutcome Refused(RealtimeError refusal, bool isUndecided = false) =>
        new(refusal, isUndecided, [], 0, false);
}

/// <summary>Answer to a change of grants.</summary>
/// <param name="Refusal">Why not, or null.</param>
/// <param name="Version">The version of the grants after it.</param>
public sealed record GrantOutcome(RealtimeError? Refusal, long Version);

/// <summary>What an operator may want to know of a channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Position">Where it stands.</param>
/// <param name="Oldest">The oldest sequence in the replay buffer; one more than the position when it is empty.</param>
/// <param name="BufferedBytes">Payload bytes in the replay buffer.</param>
/// <param name="Members">How many users are present.</param>
/// <param name="Edges">Which edges are attached.</param>
/// <param name="Grants">The grants in force.</param>
/// <param name="Guarantee">What it promises.</param>
public sealed record ChannelDescription(
    ChannelName Channel,
    Position Position,
    long Oldest,
    long BufferedBytes,
    int Members,
    ImmutableArray<EdgeId> Edges,
    ChannelGrants Grants,
    ChannelGuarantee Guarantee);
