using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Storage.AdoNet.Trimming;

/// <summary>What a channel keeps.</summary>
/// <param name="Replay">The limits of what is kept for resume and history.</param>
/// <param name="IsCompact">Whether the latest of each key is kept beyond them.</param>
internal sealed record Retention(ReplayPolicy Replay, bool IsCompact);
