namespace OrleansRealtime;

/// <summary>What a channel promises its subscribers, as the answer to <c>subscribe</c> states it. Immutable.</summary>
/// <param name="Durability">What survives.</param>
/// <param name="ReplayCount">How many publications are kept for resume and history.</param>
/// <param name="ReplayBytes">How many payload bytes are kept.</param>
/// <param name="ReplayAge">How long a publication is kept.</param>
/// <param name="Compact">Whether the latest publication of each key is kept beyond that.</param>
/// <param name="SlowReader">What happens to slow subscribers.</param>
public sealed record ChannelGuarantee(
    Durability Durability,
    int ReplayCount,
    long ReplayBytes,
    TimeSpan ReplayAge,
    bool Compact,
    SlowReaderPolicy SlowReader);
