using System.Collections.Immutable;

namespace OrleansRealtime.Core.Applications;

/// <summary>Application code inside the ordering domain of a namespace's channels: moderation, game rules, server-side state.</summary>
/// <remarks>
/// One instance serves one channel while it is active. It is called in the turn that numbers the publication, one call at a
/// time and in order, so it may keep state without locks; it must not wait. What it throws refuses that publication with
/// <c>internal</c> and is logged.
/// </remarks>
public interface IChannelBehavior
{
    /// <summary>
    /// What the channel remembers as it becomes active, to take up again what was concluded from it. Ascending; never empty. The
    /// default does nothing.
    /// </summary>
    /// <remarks>
    /// Only durable channels, once, before anything else: of a compact channel the latest publication of each key, and of any the
    /// newest of its log, as far as the replay policy, 10000 publications and 4 MiB reach. What it throws keeps the channel from
    /// becoming active.
    /// </remarks>
    void OnRestored(ImmutableArray<Publication> remembered)
    {
    }

    /// <summary>Sees a publication that is allowed and about to be numbered, and says what becomes of it.</summary>
    PublicationVerdict OnPublishing(in ProposedPublication proposed);

    /// <summary>
    /// What was accepted with <paramref name="firstSequence"/> and later numbers is not kept: forget what was concluded from it. The
    /// default does nothing.
    /// </summary>
    /// <remarks>
    /// Only durable channels: either the store knows a message id of the batch, then the others of it are proposed again, in
    /// order, with new numbers; or the channel gives up this activation, then this is the last call, and it is unknown whether
    /// the store kept the batch: the next activation begins with a new behaviour, and <see cref="OnRestored"/>.
    /// </remarks>
    void OnAborted(long firstSequence)
    {
    }
}

/// <summary>Makes behaviours.</summary>
public interface IChannelBehaviorFactory
{
    /// <summary>A new behaviour for a channel that becomes active, or null for none.</summary>
    IChannelBehavior? Create(ChannelName channel);
}

/// <summary>A publication about to be numbered. Immutable.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="From">Who publishes.</param>
/// <param name="Key">Its key, or null.</param>
/// <param name="Payload">What.</param>
/// <param name="Sequence">The number it will have.</param>
/// <param name="Time">The time it will have.</param>
public readonly record struct ProposedPublication(
    ChannelName Channel, Sender From, string? Key, Payload Payload, long Sequence, DateTimeOffset Time);

/// <summary>What becomes of a proposed publication. Immutable.</summary>
/// <param name="Refusal">Why it is rejected, or null.</param>
/// <param name="Replacement">What is published in its place, or null for the payload as it came.</param>
/// <param name="Answer">What the publisher is told with the acknowledgement, or null.</param>
public readonly record struct PublicationVerdict(RealtimeError? Refusal, Payload? Replacement, Payload? Answer)
{
    /// <summary>Publish as it is.</summary>
    public static PublicationVerdict Accept { get; }

    /// <summary>Publish as it is, and tell the publisher something.</summary>
    public static PublicationVerdict AcceptWith(Payload answer) => new(null, null, answer);

    /// <summary>Publish something else in its place.</summary>
    public static PublicationVerdict Replace(Payload payload, Payload? answer = null) => new(null, payload, answer);

    /// <summary>Do not publish.</summary>
    public static PublicationVerdict Reject(string detail) =>
        new(new RealtimeError(RealtimeErrorCode.Forbidden, detail), null, null);
}
