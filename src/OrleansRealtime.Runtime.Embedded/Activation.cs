using System.Runtime.CompilerServices;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>One life of an actor: its host, its turns, and the calls that wait until it is ready or gone.</summary>
/// <remarks>
/// Safe for concurrent use. The phase changes in turns only. Calls start in the order in which they came; those that wait when
/// the host goes down move to the next activation in that order, which is safe because none of them was started.
/// </remarks>
internal sealed class Activation<TKey, THost> : IActivation, IMailboxOwner
    where TKey : notnull
    where THost : class, IActorHost
{
    private readonly ActorTable<TKey, THost> _table;
    private readonly Mailbox _mailbox;

    // Guarded by a lock on the mailbox, which locks something else itself. Null while nobody waits or asked.
    private Queue<ActorCall<THost>>? _waiting;
    private TaskCompletionSource? _stopped;

    // Written in turns; Stopped is written under the lock too, so that no call can be left behind.
    private volatile ActivationPhase _phase;
    private THost? _host;
    private string? _stopReason;
    private int _isBegun;
    private int _isTicking;

    // What the sweep looks at without taking a turn; written after each turn.
    private long _nextDueTicks = long.MaxValue;
    private long _idleCheckTicks = long.MaxValue;

    public Activation(ActorTable<TKey, THost> table, TKey key, Queue<ActorCall<THost>>? waiting)
    {
        _table = table;
        Key = key;
        _waiting = waiting;
        _mailbox = new Mailbox(table.TurnTime, this);
    }

    public TKey Key { get; }

    public bool IsStopped => _phase == ActivationPhase.Stopped;

    /// <summary>Completes when the host is down.</summary>
    public Task Stopped
    {
        get
        {
            lock (_mailbox)
            {
                return IsStopped
                    ? Task.CompletedTask
                    : (_stopped ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>Brings the host up, unless that was begun before; the calling thread goes with it as far as it needs not wait.</summary>
    public void Begin()
    {
        if (Volatile.Read(ref _isBegun) != 0 || Interlocked.Exchange(ref _isBegun, 1) != 0)
        {
            return;
        }

        if (_mailbox.TryEnter(out var outer))
        {
            _ = ActivateAsync();
            _mailbox.Leave(outer);
        }
        else
        {
            // Somebody asked for its end before it began.
            _mailbox.Post(static state => _ = ((Activation<TKey, THost>)state!).ActivateAsync(), this);
        }
    }

    /// <summary>Runs a call on the calling thread, if the host is up and has nothing else to do.</summary>
    public bool TryCall<TArgument, TResult>(
        Func<THost, TArgument, CancellationToken, ValueTask<TResult>> call,
        TArgument argument,
        CancellationToken cancellationToken,
        out ValueTask<TResult> result)
    {
        result = default;

        // Actors that call idle actors go deeper and deeper into one stack; when it gets short, a queue is the way out.
        if (_phase != ActivationPhase.Active
            || !RuntimeHelpers.TryEnsureSufficientExecutionStack()
            || !_mailbox.TryEnter(out var outer))
        {
            return false;
        }

        try
        {
            if (_phase != ActivationPhase.Active)
            {
                return false;
            }

            result = call(_host!, argument, cancellationToken);
            if (!result.IsCompleted)
            {
                // As a task, because a bare value task source could run the caller's continuation inside our turn.
                result = new ValueTask<TResult>(result.AsTask());
            }
        }
        catch (OperationCanceledException cancelled) when (cancelled.CancellationToken.IsCancellationRequested)
        {
            result = ValueTask.FromCanceled<TResult>(cancelled.CancellationToken);
        }
        catch (Exception failure)
        {
            result = ValueTask.FromException<TResult>(failure);
        }
        finally
        {
            _mailbox.Leave(outer);
        }

        return true;
    }

    /// <summary>
    /// Queues a call; <see cref="Begin"/> must follow. False when this activation is gone: ask the table for the next one.
    /// </summary>
    public bool TryQueue(ActorCall<THost> call)
    {
        lock (_mailbox)
        {
            if (_phase == ActivationPhase.Stopped)
            {
                return false;
            }

            (_waiting ??= new Queue<ActorCall<THost>>()).Enqueue(call);
            if (_phase != ActivationPhase.Active)
            {
                // Taken up when the host is ready, or by the next activation.
                return true;
            }
        }

        _mailbox.Post(static state => ((Activation<TKey, THost>)state!).StartNext(), this);
        return true;
    }

    /// <inheritdoc/>
    public void Deactivate(string reason) => _stopReason ??= reason;

    /// <summary>Takes the host down as soon as it has a turn. Safe for concurrent use.</summary>
    public Task StopAsync(string reason)
    {
        Begin();
        Post(activation => activation.Deactivate(reason));
        return Stopped;
    }

    /// <summary>Whether a sweep would find anything to do; of nearly all actors it would not. Safe for concurrent use.</summary>
    public bool IsSweepDue(DateTimeOffset now) =>
        _mailbox.IsBusy || Volatile.Read(ref _nextDueTicks) <= now.UtcTicks || Volatile.Read(ref _idleCheckTicks) <= now.UtcTicks;

    /// <summary>Does what is due and takes the host down if it was idle for long. Safe for concurrent use.</summary>
    public async Task SweepAsync(DateTimeOffset now)
    {
        var idleTimeout = _table.IdleTimeout;
        if (_phase != ActivationPhase.Active)
        {
            return;
        }

        if (_mailbox.IsBusy)
        {
            // The turn under way may have answered its caller already and not yet told what is due.
            await AskAsync(static _ => true);
        }

        if (Volatile.Read(ref _nextDueTicks) <= now.UtcTicks && Interlocked.Exchange(ref _isTicking, 1) == 0)
        {
            await TickAsync();
        }

        if (Volatile.Read(ref _idleCheckTicks) <= now.UtcTicks)
        {
            // Whether a host is idle may depend on the time, so one that is not is asked again.
            Volatile.Write(ref _idleCheckTicks, (now + idleTimeout).UtcTicks);
            if (await DeactivateIfIdleAsync(now - idleTimeout))
            {
                await Stopped;
            }
        }
    }

    // Asked in a turn, because a call may have come since the sweep looked.
    private Task<bool> DeactivateIfIdleAsync(DateTimeOffset since) => AskAsync(activation =>
    {
        var isIdle = activation is { _phase: ActivationPhase.Active, _host: { IsIdle: true } host } && host.LastActive <= since;
        if (isIdle)
        {
            activation.Deactivate("idle");
        }

        return isIdle;
    });

    private Task<bool> AskAsync(Func<Activation<TKey, THost>, bool> question)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(activation => answer.SetResult(question(activation)));
        return answer.Task;
    }

    private async Task TickAsync()
    {
        var tick = new ActorCall<THost, int, bool>(
            static async (host, _, _) =>
            {
                await host.TickAsync();
                return true;
            },
            0,
            CancellationToken.None);
        try
        {
            if (TryQueue(tick))
            {
                await tick.Completion;
            }
        }
        catch (Exception failure)
        {
            _table.TurnFailed(Key, failure);
        }
        finally
        {
            Volatile.Write(ref _isTicking, 0);
        }
    }

    private void Post(Action<Activation<TKey, THost>> turn) => _mailbox.Post(_ => turn(this), null);

    private async Task ActivateAsync()
    {
        // Looked at behind the entry in the table, so that a host which is created here is seen by whoever stops the table.
        if (_table.IsStopping)
        {
            Finish(null);
            return;
        }

        try
        {
            _host = _table.CreateHost(Key, this);
            await _host.ActivateAsync(_table.Stopping);
        }
        catch (Exception failure)
        {
            _table.ActivationFailed(Key, failure);
            Finish(failure as ActorUnavailableException
                ?? new ActorUnavailableException($"'{Key}' could not be activated; try again.", failure));
            return;
        }

        _phase = ActivationPhase.Active;
        _table.Activated(Key);
        while (_stopReason is null && StartNext())
        {
        }

        // Most actors are never so busy again that a call waits.
        lock (_mailbox)
        {
            _waiting = _waiting is { Count: > 0 } ? _waiting : null;
        }
    }

    private bool StartNext()
    {
        ActorCall<THost>? call;
        lock (_mailbox)
        {
            if (_phase != ActivationPhase.Active || _waiting is null || !_waiting.TryDequeue(out call))
            {
                return false;
            }
        }

        call.Start(_host!);
        return true;
    }

    /// <inheritdoc/>
    void IMailboxOwner.OnTurnFailed(Exception failure) => _table.TurnFailed(Key, failure);

    /// <inheritdoc/>
    void IMailboxOwner.OnTurnEnded()
    {
        if (_phase != ActivationPhase.Active)
        {
            return;
        }

        if (_stopReason is { } reason)
        {
            _phase = ActivationPhase.Stopping;
            _ = DeactivateAsync(reason);
            return;
        }

        Volatile.Write(ref _nextDueTicks, _host!.NextDue?.UtcTicks ?? long.MaxValue);
        var idleCheck = (_host.LastActive + _table.IdleTimeout).UtcTicks;
        if (idleCheck > _idleCheckTicks || _idleCheckTicks == long.MaxValue)
        {
            Volatile.Write(ref _idleCheckTicks, idleCheck);
        }
    }

    private async Task DeactivateAsync(string reason)
    {
        using var timeout = new CancellationTokenSource(_table.DeactivationTimeout, _table.Time);
        try
        {
            await _host!.DeactivateAsync(timeout.Token);
        }
        catch (Exception failure)
        {
            _table.DeactivationFailed(Key, failure);
        }

        _table.Deactivated(Key, reason);
        Finish(null);
    }

    /// <summary>Leaves the table. Waiting calls move to a successor, or fail when the activation failed or the runtime stops.</summary>
    private void Finish(Exception? failure)
    {
        Queue<ActorCall<THost>>? failed = null;
        TaskCompletionSource? stopped;
        Activation<TKey, THost>? successor = null;
        lock (_mailbox)
        {
            // Under the lock, so that a caller which is turned away finds the successor, behind the calls that came before it.
            _phase = ActivationPhase.Stopped;
            if (_waiting is { Count: > 0 } && failure is null && !_table.IsStopping)
            {
                successor = _table.Succeed(this, _waiting);
            }
            else
            {
                failed = _waiting;
                _table.Remove(this);
            }

            (_waiting, stopped) = (null, _stopped);
        }

        stopped?.SetResult();
        failure ??= new ActorUnavailableException($"'{Key}' is down because the runtime stops.");
        foreach (var call in failed ?? [])
        {
            call.Fail(failure);
        }

        successor?.Begin();
    }
}
