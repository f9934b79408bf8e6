namespace OrleansRealtime.Client;

/// <summary>
/// Thrown by the enumeration of a subscription when history was lost and the application did not say what to do then
/// (<see cref="SubscriptionOptions.OnHistoryLost"/>). Reload what was derived from the channel, then subscribe from
/// <see cref="HistoryLoss.Position"/>.
/// </summary>
public sealed class HistoryLostException : Exception
{
    /// <summary>History of <paramref name="channel"/> was lost.</summary>
    public HistoryLostException(ChannelName channel, HistoryLoss loss)
        : base($"History of channel {channel} was lost ({loss.Reason}): after {loss.After?.ToString() ?? "the start"} the next known position is {loss.Position}. Reload its state and subscribe from there, or handle SubscriptionOptions.OnHistoryLost.")
    {
        Channel = channel;
        Loss = loss;
    }

    /// <summary>The channel.</summary>
    public ChannelName Channel { get; }

    /// <summary>What was lost.</summary>
    public HistoryLoss Loss { get; }
}
