namespace OrleansRealtime.Core.Policies;

/// <summary>What may be published in a channel at most.</summary>
/// <param name="MessageBytes">Bytes of one payload; default 64 KiB.</param>
/// <param name="PublishesPerSecondPerSender">Per sender, with a burst of one second's worth; 0 for no limit; default 50.</param>
/// <param name="PublishesPerSecond">For the channel, with a burst of one second's worth; 0 for no limit; default 5000.</param>
public sealed record ChannelLimits(int MessageBytes, int PublishesPerSecondPerSender, int PublishesPerSecond)
{
    /// <summary>64 KiB, 50/s per sender, 5000/s per channel.</summary>
    public static ChannelLimits Default { get; } = new(64 * 1024, 50, 5000);
}
