namespace OrleansRealtime.Client;

/// <summary>A signal: not numbered, not kept. Immutable.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="From">Who sent it.</param>
/// <param name="Key">The sender's key, or null.</param>
/// <param name="Payload">What was sent.</param>
public sealed record ReceivedSignal(ChannelName Channel, Sender From, string? Key, Payload Payload);
