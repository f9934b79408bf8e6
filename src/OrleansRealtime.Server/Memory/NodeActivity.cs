namespace OrleansRealtime.Server.Memory;

/// <summary>What a node has done until now. Immutable.</summary>
/// <param name="Moves">How many connections came, and how many went.</param>
/// <param name="Publications">How many publications were queued to sockets.</param>
/// <param name="Bytes">How many bytes clients sent in messages.</param>
internal readonly record struct NodeActivity(long Moves, long Publications, long Bytes);
