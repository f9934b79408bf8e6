using System.Collections.Immutable;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Channels;

/// <content>Reading: from the buffer where it can, otherwise from the log.</content>
public sealed partial class ChannelHost
{
    /// <inheritdoc/>
    public async ValueTask<ReadOutcome> ReadAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        if (!TryEnter())
        {
            return ReadOutcome.Refused(ChannelRefusals.UnknownNamespace(Channel));
        }

        if (_machine.CheckAccess(_policy, request.Caller, ChannelRights.History, out var isUndecided) is { } noRight)
        {
            return ReadOutcome.Refused(noRight, isUndecided);
        }

        if (request.Limit is < 1 or > ReadRequest.MaxLimit)
        {
            return ReadOutcome.Refused(ChannelRefusals.BadLimit(request.Limit));
        }

        var plan = _machine.Plan(request.From, request.Reverse, _policy, Now());
        return plan.Kind == ReplayKind.Log
            ? await ReadLogAsync(_machine, request, plan, cancellationToken)
            : AnswerFromBuffer(_machine, request, plan);
    }

    /// <inheritdoc/>
    public ValueTask<SnapshotOutcome> ReadSnapshotAsync(CancellationToken cancellationToken) =>
        TryEnter()
            ? new(_machine.Snapshot(_policy))
            : new(new SnapshotOutcome(ChannelRefusals.UnknownNamespace(Channel), [], default));

    private static ReadOutcome AnswerFromBuffer(ChannelMachine machine, ReadRequest request, in ReplayPlan plan)
    {
        var found = plan.Kind == ReplayKind.Nothing
            ? []
            : machine.ReadBuffer(plan, request.Reverse, request.Limit);
        return Answer(machine, request, found, plan.IsLost);
    }

    private static ReadOutcome Answer(
        ChannelMachine machine, ReadRequest request, ImmutableArray<Publication> found, bool isLost)
    {
        var more = !found.IsEmpty
            && (request.Reverse ? found[^1].Sequence > machine.OldestRetained : found[^1].Sequence < machine.Head.Sequence);
        return new ReadOutcome(null, false, found, machine.Head, more, isLost);
    }

    private async ValueTask<ReadOutcome> ReadLogAsync(
        ChannelMachine machine, ReadRequest request, ReplayPlan plan, CancellationToken cancellationToken)
    {
        ImmutableArray<Publication> found;
        try
        {
            found = request.Reverse
                ? await _reader!.BackwardAsync(
                    plan.After + 1, plan.Through, request.Limit, ReadRequest.MaxBytes, cancellationToken)
                : await _reader!.ForwardAsync(
                    plan.After, plan.Through, request.Limit, ReadRequest.MaxBytes, cancellationToken);
        }
        catch (StorageException failure)
        {
            _services.Report(Channel, "a read failed", failure);
            return ReadOutcome.Refused(new RealtimeError(RealtimeErrorCode.Unavailable, "The store cannot be read now."));
        }
        catch (InvalidOperationException bug)
        {
            GiveUp("the channel's log has a hole", bug);
            throw new ActorUnavailableException($"'{Channel}' failed.", bug);
        }

        var answer = request.Reverse
            ? AnswerBackward(machine, request, plan, found)
            : AnswerForward(machine, request, plan, found);
        return answer with { IsFromLog = true };
    }

    private static ReadOutcome AnswerForward(
        ChannelMachine machine, ReadRequest request, in ReplayPlan plan, ImmutableArray<Publication> found)
    {
        var start = found.IsEmpty ? machine.OldestBuffered : found[0].Sequence;
        var isWhole = start == plan.After + 1;
        if (!isWhole)
        {
            machine.ForgetLogBefore(start);
        }

        if (found.IsEmpty)
        {
            // Trimmed while nobody looked: what is left is in the buffer, if anything is.
            var rest = ReplayPlan.Forward(null, machine.Head, machine.OldestBuffered, machine.OldestBuffered);
            return AnswerFromBuffer(machine, request, rest with { IsLost = request.From is not null });
        }

        return Answer(machine, request, found, plan.IsLost || (!isWhole && request.From is not null));
    }

    private static ReadOutcome AnswerBackward(
        ChannelMachine machine, ReadRequest request, in ReplayPlan plan, ImmutableArray<Publication> ascending)
    {
        if (ascending.IsEmpty)
        {
            machine.ForgetLogBefore(plan.Through + 1);
        }

        return Answer(machine, request, [.. ascending.Reverse()], plan.IsLost);
    }
}
