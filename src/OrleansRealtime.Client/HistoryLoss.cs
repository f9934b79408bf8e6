namespace OrleansRealtime.Client;

/// <summary>Publications of a channel that this subscription will not bring. Immutable.</summary>
/// <param name="Reason">Why.</param>
/// <param name="After">The last position before the loss, or null when none was known.</param>
/// <param name="Position">The position after it: what comes next follows this one.</param>
/// <param name="IsSnapshot">Whether the latest publication of each key of a compact channel follows, in place of what was lost.</param>
public sealed record HistoryLoss(HistoryLossReason Reason, Position? After, Position Position, bool IsSnapshot = false);

/// <summary>Why history was lost.</summary>
public enum HistoryLossReason
{
    /// <summary>The channel no longer holds what was missed while the client was away (<c>recovered: false</c>).</summary>
    NotRetained,

    /// <summary>The numbering of the channel restarted (<c>reset</c>).</summary>
    Reset,

    /// <summary>The connection was too slow for the channel (<c>gap</c>, <c>slow</c>).</summary>
    Slow,

    /// <summary>A slow connection fell behind what the channel retains (<c>gap</c>, <c>lost</c>).</summary>
    Lost,

    /// <summary>The application read too slowly, and the buffer dropped its oldest (<see cref="BufferPolicy.DropOldest"/>).</summary>
    Overflow,
}
