namespace OrleansRealtime.Client;

/// <summary>What happens when an application reads a subscription more slowly than its channel publishes.</summary>
public enum BufferPolicy
{
    /// <summary>
    /// The client lets go of the channel, and takes it up again after the last buffered publication once half of the buffer was read.
    /// Nothing is lost as long as the channel retains it.
    /// </summary>
    CatchUp,

    /// <summary>The oldest buffered publications are dropped, and reported as lost history (<see cref="HistoryLossReason.Overflow"/>).</summary>
    DropOldest,
}
