namespace OrleansRealtime.Client;

/// <summary>A publication as a subscription brings it, with the place to resume after it. Immutable.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Position">All up to and including this publication: keep it to subscribe from here later.</param>
/// <param name="Time">When the server numbered it.</param>
/// <param name="From">Who published it.</param>
/// <param name="MessageId">The sender's message id, or null.</param>
/// <param name="Key">What it is the latest value of, or null.</param>
/// <param name="Payload">What was published, byte for byte.</param>
public sealed record ReceivedPublication(
    ChannelName Channel, Position Position, DateTimeOffset Time, Sender From, string? MessageId, string? Key, Payload Payload);
