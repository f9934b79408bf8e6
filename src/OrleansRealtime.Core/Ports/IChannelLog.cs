using System.Collections.Immutable;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Ports;

/// <summary>Where durable channels keep their publications. Safe for concurrent use.</summary>
/// <remarks>
/// What every implementation owes: <c>(channel, epoch, sequence)</c> and, within the retention of message ids,
/// <c>(channel, sender, message id)</c> are unique in the store itself, so that two owners cannot both win. Payload memory is
/// not kept after a method returns. A failure of the store is thrown as <see cref="StorageException"/>; when it is thrown
/// by an append it is unknown whether the batch was kept.
/// </remarks>
public interface IChannelLog
{
    /// <summary>
    /// Takes ownership of a channel: creates it with <paramref name="newEpoch"/> when it does not exist, and issues a fence that
    /// is higher than every earlier one. Position and fence are read and stored atomically: after it returns, no append with an
    /// older fence succeeds.
    /// </summary>
    ValueTask<OpenedLog> OpenAsync(ChannelName channel, Epoch newEpoch, CancellationToken cancellationToken);

    /// <summary>
    /// Appends a batch whole or not at all, and returns after it is durable. The sequences of the batch are contiguous and
    /// follow the last one stored. An empty batch stores nothing: its outcome says whether the fence still holds.
    /// </summary>
    ValueTask<AppendOutcome> AppendAsync(
        ChannelName channel, Fence fence, ImmutableArray<Publication> batch, CancellationToken cancellationToken);

    /// <summary>
    /// Reads stored publications, ascending: those with <c>after &lt; sequence &lt;= through</c>, until
    /// <paramref name="maxCount"/> or <paramref name="maxBytes"/> of payload are reached (at least one if there is one).
    /// Publications that a compact channel kept for their key only are left out when they precede a trimmed one.
    /// </summary>
    ValueTask<ImmutableArray<Publication>> ReadAsync(
        ChannelName channel, Epoch epoch, long after, long through, int maxCount, long maxBytes, CancellationToken cancellationToken);

    /// <summary>The latest publication of every key, ascending, tombstones left out.</summary>
    ValueTask<ImmutableArray<Publication>> ReadLatestByKeyAsync(
        ChannelName channel, Epoch epoch, CancellationToken cancellationToken);

    /// <summary>
    /// The position at which this sender's message id was published, or null. Message ids are kept at least as long as
    /// <see cref="MessageIdRetention"/>.
    /// </summary>
    ValueTask<Position?> FindMessageAsync(
        ChannelName channel, Sender sender, string messageId, CancellationToken cancellationToken);

    /// <summary>
    /// Tells what the channel's retention is, so that the store trims in the background what exceeds it; more may stay for a
    /// while. For a compact channel the latest of each key stays. The latest publication of a channel always stays known by number.
    /// </summary>
    void SetRetention(ChannelName channel, ReplayPolicy retention, bool compact);

    /// <summary>How long message ids are kept at least.</summary>
    TimeSpan MessageIdRetention { get; }
}

/// <summary>Proof of ownership of a channel; a higher one ends all lower ones.</summary>
/// <param name="Number">From 1.</param>
public readonly record struct Fence(long Number);

/// <summary>What opening a log brought.</summary>
/// <param name="Last">The epoch and the last sequence; sequence 0 when nothing was published.</param>
/// <param name="Oldest">The oldest sequence from which everything to the last is stored; last + 1 when nothing is.</param>
/// <param name="Fence">The fence to append with.</param>
public sealed record OpenedLog(Position Last, long Oldest, Fence Fence);

/// <summary>What an append came to.</summary>
public abstract record AppendOutcome
{
    /// <summary>The batch is durable.</summary>
    public static AppendOutcome Appended { get; } = new AppendedBatch();

    /// <summary>A higher fence was issued; this owner must stop.</summary>
    public static AppendOutcome FencedOff { get; } = new AppendFencedOff();
}

/// <summary>The batch is durable.</summary>
public sealed record AppendedBatch : AppendOutcome;

/// <summary>A higher fence was issued; nothing was stored, and this owner must stop.</summary>
public sealed record AppendFencedOff : AppendOutcome;

/// <summary>Nothing was stored, because some message ids were published before.</summary>
/// <param name="Known">Which, and where.</param>
public sealed record AppendDuplicates(ImmutableArray<KnownMessage> Known) : AppendOutcome;

/// <summary>A message id that a channel has seen.</summary>
/// <param name="Sender">Its sender.</param>
/// <param name="MessageId">The id.</param>
/// <param name="Position">Where its publication stands, or stood.</param>
public sealed record KnownMessage(Sender Sender, string MessageId, Position Position);
