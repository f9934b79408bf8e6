using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>How far an edge has received a channel.</summary>
/// <param name="Generation">Grows each time that the numbering restarts for this edge.</param>
/// <param name="Position">Up to where it has everything that still comes.</param>
/// <param name="Start">The position at which this generation began on this edge.</param>
internal readonly record struct AttachmentHead(int Generation, Position Position, long Start);

/// <summary>A page of retained publications read from the channel, shared by all that asked for the same.</summary>
/// <param name="Items">Ascending and contiguous.</param>
/// <param name="IsLost">Whether something after the position asked for is gone.</param>
/// <param name="Position">Where the channel stands.</param>
/// <param name="Refusal">Why it could not be read, or null.</param>
internal sealed record ReplayPage(
    CachedPublication[] Items, bool IsLost, Position Position, RealtimeError? Refusal)
{
    /// <summary>Whether the channel had to ask its log.</summary>
    public bool IsFromLog { get; init; }
}

/// <summary>The snapshot of a compact channel, shared by all that subscribe until it is too old.</summary>
/// <param name="Items">The latest of each key, ascending.</param>
/// <param name="Position">Where the channel stood.</param>
/// <param name="Refusal">Why it could not be read, or null.</param>
internal sealed record ReplaySnapshot(IReadOnlyList<CachedPublication> Items, Position Position, RealtimeError? Refusal)
{
    /// <summary>The tombstones of keys that have no value, ascending; of the last removals only.</summary>
    public IReadOnlyList<CachedPublication> Removed { get; init; } = [];

    /// <summary>The number after which no removal is missing in <see cref="Removed"/>.</summary>
    public long RemovalsKnownAfter { get; init; }

    /// <summary>What the snapshot has of <c>after &lt; number &lt;= through</c>, removals included, ascending.</summary>
    public IReadOnlyList<CachedPublication> Between(long after, long through) =>
    [
        .. Items.Concat(Removed)
            .Where(one => one.Sequence > after && one.Sequence <= through)
            .OrderBy(static one => one.Sequence),
    ];
}

/// <summary>How an edge reads a channel for its subscribers, whose rights it has checked itself.</summary>
internal static class EdgeReads
{
    /// <summary>The edge as a caller.</summary>
    public static Caller Caller { get; } = Core.Access.Caller.Trusted("edge");

    /// <summary>A read after a position.</summary>
    public static ReadRequest After(Position position, int limit) => new(Caller, position, limit, Reverse: false);
}
