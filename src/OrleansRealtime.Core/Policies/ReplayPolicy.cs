namespace OrleansRealtime.Core.Policies;

/// <summary>What a channel keeps for resume and history: whatever reaches any of the limits first is dropped, oldest first.</summary>
/// <param name="Count">Publications; default 1000.</param>
/// <param name="Bytes">Bytes of payload; default 1 MiB.</param>
/// <param name="Age">Time since numbered; default 1 h.</param>
public sealed record ReplayPolicy(int Count, long Bytes, TimeSpan Age)
{
    /// <summary>1000 publications, 1 MiB, 1 h.</summary>
    public static ReplayPolicy Default { get; } = new(1000, 1024 * 1024, TimeSpan.FromHours(1));
}
