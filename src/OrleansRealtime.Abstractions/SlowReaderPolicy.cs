namespace OrleansRealtime;

/// <summary>What happens to a subscriber whose connection is over its budget of queued bytes.</summary>
public enum SlowReaderPolicy
{
    /// <summary>It reads on from the replay buffer at its own speed; what was retained reaches it in order.</summary>
    CatchUp,

    /// <summary>Only the newest publication of each key is kept for it.</summary>
    Latest,

    /// <summary>Publications are skipped and announced by a <c>gap</c>.</summary>
    Drop,

    /// <summary>Its connection is closed with 4508; it resumes when it returns.</summary>
    Close,
}
