namespace OrleansRealtime.Client;

/// <summary>What happens to a publish when as many wait as may.</summary>
public enum OverflowPolicy
{
    /// <summary>The new one is refused with <see cref="RealtimeErrorCode.Unavailable"/>.</summary>
    Refuse,

    /// <summary>The oldest that is not on its way is refused with <see cref="RealtimeErrorCode.Unavailable"/>, and the new one is taken.</summary>
    DropOldest,
}
