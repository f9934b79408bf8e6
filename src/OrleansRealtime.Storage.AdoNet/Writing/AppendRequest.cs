using System.Collections.Immutable;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>A batch of one channel that waits to be appended.</summary>
internal sealed class AppendRequest(ChannelName channel, Fence fence, ImmutableArray<Publication> batch)
    : WriteRequest<AppendOutcome>
{
    private bool _mayBeStored;

    /// <summary>The channel.</summary>
    public ChannelName Channel => channel;

    /// <summary>The fence of its owner.</summary>
    public Fence Fence => fence;

    /// <summary>What to append, contiguous; empty to ask for the fence only.</summary>
    public ImmutableArray<Publication> Batch => batch;

    /// <inheritdoc/>
    public override string Subject => channel.Value;

    /// <inheritdoc/>
    public override string? LockedChannel => channel.Value;

    /// <inheritdoc/>
    public override int Bytes { get; } = batch.Sum(static publication => publication.Payload.Length);

    /// <summary>Takes an append into the transaction, or notes why not.</summary>
    public void DecideBy(StagedAppends appends) => Outcome = appends.Decide(this);

    /// <summary>Notes whether the database took it.</summary>
    public void Decide(bool isTaken) => Outcome = isTaken ? AppendOutcome.Appended : AppendOutcome.FencedOff;

    /// <inheritdoc/>
    public override void OnOutcomeUnknown() => _mayBeStored = true;

    /// <inheritdoc/>
    public override bool TryAnswerUniqueViolation()
    {
        // The rows were locked when the append was decided, so only an owner that does not keep to the locks can have been there.
        Outcome = AppendOutcome.FencedOff;
        Answer();
        return true;
    }

    /// <inheritdoc/>
    public override void Answer()
    {
        // It may have been fenced off by itself: the first try was stored, and the second did not follow it.
        if (_mayBeStored && Outcome is AppendFencedOff)
        {
            Fail(new StorageException(
                "The connection broke while the store appended; it is unknown whether the batch was stored.", isTransient: true));
            return;
        }

        base.Answer();
    }
}
