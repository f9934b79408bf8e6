using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Core.Ports;

/// <summary>One channel's actor, wherever it lives. Safe for concurrent use.</summary>
/// <remarks>
/// Refusals come back as values. What is thrown: <see cref="OperationCanceledException"/> when the caller's token asked for
/// it, and <see cref="ActorUnavailableException"/> when the actor cannot be reached or lost its state; then the outcome of
/// what changes something is unknown, and it is safe to try again with the same message id.
/// </remarks>
public interface IChannel
{
    /// <summary>
    /// Makes an edge receive the channel's deliveries from the returned position on. Idempotent: an edge that attaches again
    /// replaces its earlier attachment and its members.
    /// </summary>
    ValueTask<AttachOutcome> AttachAsync(AttachRequest request, CancellationToken cancellationToken);

    /// <summary>Ends an attachment, and with it the presence of that edge's members. Unknown edges are ignored.</summary>
    ValueTask DetachAsync(EdgeId edge, CancellationToken cancellationToken);

    /// <summary>Says that an attachment still holds, and compares positions.</summary>
    ValueTask<RenewOutcome> RenewAsync(Renewal renewal, CancellationToken cancellationToken);

    /// <summary>
    /// Numbers, keeps and delivers a publication. Returns once it is as durable as the policy says. Publications that one process
    /// begins one after the other are numbered in that order, awaited or not, unless one of them fails.
    /// </summary>
    ValueTask<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken cancellationToken);

    /// <summary>Delivers something that is neither numbered nor kept.</summary>
    ValueTask<SignalOutcome> SignalAsync(SignalRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Reads retained publications on behalf of <see cref="ReadRequest.Caller"/>, who needs the right
    /// <see cref="ChannelRights.History"/>; an edge that fills a resume reads as itself.
    /// </summary>
    ValueTask<ReadOutcome> ReadAsync(ReadRequest request, CancellationToken cancellationToken);

    /// <summary>The latest publication of each key of a compact channel, ascending, tombstones left out.</summary>
    ValueTask<SnapshotOutcome> ReadSnapshotAsync(CancellationToken cancellationToken);

    /// <summary>Who is there.</summary>
    ValueTask<PresenceOutcome> PresenceAsync(Caller caller, CancellationToken cancellationToken);

    /// <summary>Says which users came to and went from an attached edge. Ignored, with false, when the edge is not attached.</summary>
    ValueTask<bool> UpdateMembersAsync(MembersUpdate update, CancellationToken cancellationToken);

    /// <summary>Grants or revokes rights; needs <see cref="ChannelRights.Manage"/>. Kept before it is answered.</summary>
    ValueTask<GrantOutcome> ChangeGrantAsync(GrantChange change, CancellationToken cancellationToken);

    /// <summary>What an operator may want to know.</summary>
    ValueTask<ChannelDescription> DescribeAsync(CancellationToken cancellationToken);
}
