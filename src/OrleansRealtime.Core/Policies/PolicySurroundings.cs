namespace OrleansRealtime.Core.Policies;

/// <summary>What a policy can rely on where it is to run. Immutable.</summary>
/// <param name="HasStore">Whether there is a store that survives the process.</param>
/// <param name="MaxClientMessageBytes">
/// The longest message that a client may send, envelope included, in bytes; default 128 KiB, as the edge's.
/// </param>
public sealed record PolicySurroundings(bool HasStore, int MaxClientMessageBytes = 128 * 1024);
