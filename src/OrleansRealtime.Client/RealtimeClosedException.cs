namespace OrleansRealtime.Client;

/// <summary>The client is closed: by the application, or by the server in a way after which it must not come back by itself.</summary>
public sealed class RealtimeClosedException : Exception
{
    /// <summary>The client was closed for <paramref name="reason"/>.</summary>
    public RealtimeClosedException(CloseReason reason)
        : base($"The client is closed ({reason.Code}): {reason.Reason}") => Reason = reason;

    /// <summary>Why; <see cref="CloseReason.Normal"/> when the application closed it. An HTTP status below 1000 refused the handshake.</summary>
    public CloseReason Reason { get; }
}
