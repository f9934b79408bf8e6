namespace OrleansRealtime;

/// <summary>One numbered item of a channel. Immutable, and shared by all that deliver it.</summary>
/// <param name="Sequence">Its number, from 1, without holes within the epoch.</param>
/// <param name="Time">When it was numbered, by the server's clock, to the millisecond.</param>
/// <param name="From">Who published it.</param>
/// <param name="MessageId">The sender's idempotency id, or null; 1 to <see cref="MaxMessageIdLength"/> characters, none of them U+0000.</param>
/// <param name="Key">What it is the latest value of, or null; 1 to <see cref="MaxKeyLength"/> characters, none of them U+0000.</param>
/// <param name="Payload">What was published, byte for byte.</param>
public sealed record Publication(
    long Sequence,
    DateTimeOffset Time,
    Sender From,
    string? MessageId,
    string? Key,
    Payload Payload)
{
    /// <summary>The greatest length of a message id, in characters: 64.</summary>
    public const int MaxMessageIdLength = 64;

    /// <summary>The greatest length of a key, in characters: 128.</summary>
    public const int MaxKeyLength = 128;

    /// <summary>
    /// Whether this removes its key from the snapshot of a compact channel: a keyed publication of the JSON value <c>null</c>.
    /// </summary>
    public bool IsTombstone =>
        Key is not null && Payload.Kind == PayloadKind.Json && Payload.Bytes.Span.SequenceEqual("null"u8);
}
