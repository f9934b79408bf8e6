using System.Collections.Immutable;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Channels;

/// <content>Publishing: append, then advance, then deliver and acknowledge.</content>
public sealed partial class ChannelHost
{
    /// <summary>
    /// How many publications one append takes at most: a store writes some hundred rows about as fast as one, and the wait of
    /// the last publisher stays below the time of two appends.
    /// </summary>
    internal const int MaxBatchCount = 512;

    /// <summary>How many payload bytes one append takes at most, unless a single publication is larger: 1 MiB.</summary>
    internal const long MaxBatchBytes = 1024 * 1024;

    /// <summary>How many publishers may wait for the store: two seconds' worth of the default rate of a channel.</summary>
    internal const int MaxWaiting = 10_000;

    /// <summary>How many payload bytes may wait for the store: 16 MiB, sixteen appends.</summary>
    internal const long MaxWaitingBytes = 16 * 1024 * 1024;

    // Null until the first publisher has to wait for a store.
    private Queue<PendingPublish>? _waiting;
    private List<PendingPublish>? _batch;
    private Task _pump = Task.CompletedTask;
    private long _waitingBytes;
    private bool _isPumping;

    /// <inheritdoc/>
    public ValueTask<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryEnter())
        {
            return new(PublishOutcome.Refused(ChannelRefusals.UnknownNamespace(Channel)));
        }

        var admission = _machine.Admit(request, _policy, Now());
        if (admission.Kind != PublishDecisionKind.Admitted)
        {
            return new(admission.ToOutcome());
        }

        return _log is null ? new(PublishInMemory(request)) : EnqueueAsync(request, cancellationToken);
    }

    /// <summary>
    /// Publishes many, in order, as <see cref="PublishAsync"/> does each: what a runtime carried over a wire in one piece is appended
    /// in one piece where there is room. The answers are in the order of the requests.
    /// </summary>
    /// <exception cref="ActorUnavailableException">The host is ending; nothing was published.</exception>
    public async ValueTask<ImmutableArray<PublishOutcome>> PublishManyAsync(
        ImmutableArray<PublishRequest> requests, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TryEnter();
        var outcomes = ImmutableArray.CreateBuilder<PublishOutcome>(requests.Length);
        foreach (var call in BeginMany(requests))
        {
            outcomes.Add(await call);
        }

        return outcomes.MoveToImmutable();
    }

    private List<ValueTask<PublishOutcome>> BeginMany(ImmutableArray<PublishRequest> requests)
    {
        // As if an append were in flight already, so that the first of them does not begin one of its own.
        var wasPumping = _isPumping;
        _isPumping = true;
        try
        {
            return [.. requests.Select(Begin)];
        }
        finally
        {
            if (!wasPumping)
            {
                _pump = PumpAsync();
            }
        }
    }

    private ValueTask<PublishOutcome> Begin(PublishRequest request)
    {
        try
        {
            return PublishAsync(request, CancellationToken.None);
        }
        catch (ActorUnavailableException)
        {
            // The host ended in the midst of them: those before have their own answers.
            return new(PublishOutcome.Refused(ChannelRefusals.Lost));
        }
    }

    private PublishOutcome PublishInMemory(PublishRequest request)
    {
        var machine = _machine!;
        try
        {
            var decision = machine.Stage(request, _policy!, Now());
            ReportFault(decision);
            if (machine.StagedCount > 0)
            {
                Advance(machine, machine.StagedBatch(), LastActive);
            }

            return decision.ToOutcome();
        }
        catch (InvalidOperationException bug)
        {
            GiveUp("the channel's numbering is broken", bug);
            throw new ActorUnavailableException($"'{Channel}' failed.", bug);
        }
    }

    private ValueTask<PublishOutcome> EnqueueAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        _waiting ??= [];
        if (_waiting.Count >= MaxWaiting || _waitingBytes + request.Payload.Length > MaxWaitingBytes)
        {
            return new(PublishOutcome.Refused(ChannelRefusals.Overloaded(_waiting.Count)));
        }

        var pending = new PendingPublish(request, LastActive);
        _waiting.Enqueue(pending);
        _waitingBytes += request.Payload.Length;
        if (!_isPumping)
        {
            _isPumping = true;
            _pump = PumpAsync();
        }

        // WaitAsync only ends the caller's waiting. The publication is in the queue and will be committed.
        return new(pending.Task.WaitAsync(cancellationToken));
    }

    /// <summary>Appends batch after batch while publishers wait. What arrives during an append joins the next batch.</summary>
    private async Task PumpAsync()
    {
        try
        {
            while (_waiting is { Count: > 0 } && !_hasEnded)
            {
                _batch ??= [];
                TakeBatch(_waiting, _batch);
                await CommitBatchAsync(_batch);
            }
        }
        catch (Exception failure)
        {
            // A failed append may have been kept or not; a broken numbering must not go on. Only the log knows the truth.
            GiveUp("an append failed", failure);
        }
        finally
        {
            _isPumping = false;
        }
    }

    private void TakeBatch(Queue<PendingPublish> waiting, List<PendingPublish> batch)
    {
        long bytes = 0;
        while (waiting.TryPeek(out var next) && batch.Count < MaxBatchCount)
        {
            bytes += next.Request.Payload.Length;
            if (bytes > MaxBatchBytes && batch.Count > 0)
            {
                break;
            }

            waiting.Dequeue();
            _waitingBytes -= next.Request.Payload.Length;
            batch.Add(next);
        }
    }

    private async Task CommitBatchAsync(List<PendingPublish> batch)
    {
        var machine = _machine!;
        while (true)
        {
            StageBatch(machine, batch);
            if (machine.StagedCount == 0)
            {
                AcknowledgeBatch(batch);
                return;
            }

            var staged = machine.StagedBatch();
            var outcome = await _log!.AppendAsync(Channel, _fence, staged, CancellationToken.None);
            if (_hasEnded)
            {
                // Ended while waiting: everyone was answered, and nothing may be delivered any more.
                return;
            }

            switch (outcome)
            {
                case AppendedBatch:
                    Advance(machine, staged, batch[0].TakenAt);
                    AcknowledgeBatch(batch);
                    return;

                case AppendFencedOff:
                    GiveUp("another owner took the channel over", failure: null);
                    return;

                case AppendDuplicates duplicates:
                    Learn(machine, staged, duplicates.Known);
                    break;

                default:
                    throw new InvalidOperationException($"The log answered an append with {outcome}.");
            }
        }
    }

    private void StageBatch(ChannelMachine machine, List<PendingPublish> batch)
    {
        var now = Now();
        foreach (var pending in batch)
        {
            if (!pending.IsDecided)
            {
                pending.Decision = machine.Stage(pending.Request, _policy!, now);
                ReportFault(pending.Decision);
            }
        }
    }

    /// <summary>Takes the staged batch back, now knowing message ids that the store knew, so that staging it again makes a smaller one.</summary>
    private void Learn(ChannelMachine machine, ImmutableArray<Publication> staged, ImmutableArray<KnownMessage> known)
    {
        machine.Abort();
        var isProgress = false;
        foreach (var message in known)
        {
            machine.Learn(message, Now());
            foreach (var publication in staged)
            {
                isProgress |= publication.MessageId == message.MessageId && publication.From == message.Sender;
            }
        }

        if (!isProgress)
        {
            throw new InvalidOperationException("The log refused a batch for message ids that are not in it.");
        }
    }

    private void Advance(ChannelMachine machine, ImmutableArray<Publication> batch, DateTimeOffset takenAt)
    {
        machine.Commit(batch, _policy!, Now());
        if (_audience.Edges.Count > 0)
        {
            SendToEdges(new PublicationBatch(Channel, machine.Epoch, batch) { TakenAt = takenAt });
        }
    }

    private static void AcknowledgeBatch(List<PendingPublish> batch)
    {
        foreach (var pending in batch)
        {
            pending.TrySetResult(pending.Decision.ToOutcome());
        }

        batch.Clear();
    }

    private void RefuseAllWaiting()
    {
        var lost = PublishOutcome.Refused(ChannelRefusals.Lost);
        foreach (var pending in _batch ?? [])
        {
            pending.TrySetResult(lost);
        }

        while (_waiting is not null && _waiting.TryDequeue(out var pending))
        {
            pending.TrySetResult(lost);
        }

        _batch?.Clear();
        _waitingBytes = 0;
        try
        {
            _machine?.Abort();
        }
        catch (Exception fault)
        {
            // The behaviour's last call; its bug must not keep the channel from ending.
            _services.Report(Channel, "the channel's behaviour failed", fault);
        }
    }

    private void ReportFault(in PublishDecision decision)
    {
        if (decision.Fault is { } fault)
        {
            _services.Report(Channel, "the channel's behaviour failed", fault);
        }
    }
}
