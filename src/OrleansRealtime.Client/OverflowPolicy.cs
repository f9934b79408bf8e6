namespace OrleansRealtime.Client;

/// <summary>What happens to a publish when as many wait as may.</summary>
public enum OverflowPolicy
{
    /// <summary>The new one is refused with a <see cref="PublishQueueFullException"/>.</summary>
    Refuse,

    /// <summary>The oldest that is not on its way is refused with a <see cref="PublishQueueFullException"/>, and the new one is taken.</summary>
    DropOldest,
}
