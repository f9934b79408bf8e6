namespace OrleansRealtime.Client;

/// <summary>
/// A publish was refused by the client itself, because as many wait as may. Its code is <see cref="RealtimeErrorCode.Unavailable"/>;
/// <see cref="RealtimeClient.WhenRoomAsync"/> tells when to try again.
/// </summary>
public sealed class PublishQueueFullException : RealtimeException
{
    /// <summary>As many publishes wait as may.</summary>
    /// <param name="detail">For people: how many wait, and how many may.</param>
    public PublishQueueFullException(string detail)
        : base(new RealtimeError(RealtimeErrorCode.Unavailable, detail))
    {
    }
}
