namespace OrleansRealtime.Core.Subscribers;

/// <summary>What a subscriber cannot be given. Immutable.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Before">How far the subscriber had come.</param>
/// <param name="After">Where it goes on: the next publication is the one after this position.</param>
/// <remarks>
/// A gap, when the numbering goes on: publications between the two positions were retained no longer. A reset, when the channel
/// numbers anew: what is known from its publications must be built again, and those after <paramref name="After"/> are all there is.
/// </remarks>
public sealed record ChannelInterruption(ChannelName Channel, Position Before, Position After)
{
    /// <summary>Whether the channel numbers anew.</summary>
    public bool IsReset => Before.Epoch != After.Epoch || After.Sequence < Before.Sequence;
}
