using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>What attaching an edge of a silo came to, and where.</summary>
/// <param name="Outcome">The channel's answer.</param>
/// <param name="Host">The silo in which the channel lives.</param>
[GenerateSerializer, Immutable, Alias("realtime.attached-channel")]
public sealed record AttachedChannel(AttachOutcome Outcome, SiloAddress Host);
