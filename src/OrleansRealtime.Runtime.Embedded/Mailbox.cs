namespace OrleansRealtime.Runtime.Embedded;

/// <summary>Gives one activation its turns: one at a time, in order, each continuation of a turn being a turn of its own.</summary>
/// <remarks>
/// Safe for concurrent use. A caller that finds the mailbox idle may enter and run a turn on its own thread; everything else is
/// queued and run by one work item of the thread pool. Nothing is queued while the mailbox is idle, so entering keeps the order.
/// Because this is a synchronisation context, whoever awaits something that a turn completes goes on elsewhere: the framework
/// runs no foreign continuation inside a context of another type.
/// </remarks>
internal sealed class Mailbox(TurnTime turnTime, IMailboxOwner owner)
    : SynchronizationContext, IThreadPoolWorkItem
{
    /// <summary>How many turns one work item runs before others in the pool get their chance: 64.</summary>
    public const int TurnsPerWorkItem = 64;

    // Guarded by a lock on the owner, which locks something else itself: an actor of a user who is only online must be small.
    // Null until a turn has to wait, as it has to for actors that are busy.
    private Queue<(SendOrPostCallback Callback, object? State)>? _waiting;
    private volatile bool _isBusy;

    // Used in turns only.
    private long _turnBegan;

    /// <summary>Whether a turn is under way or waits; it may be over by the time the caller looks at the answer.</summary>
    public bool IsBusy => _isBusy;

    /// <summary>Begins a turn on this thread if the mailbox is idle; <see cref="Leave"/> must follow.</summary>
    /// <param name="outer">The context to go back to.</param>
    public bool TryEnter(out SynchronizationContext? outer)
    {
        outer = null;
        lock (owner)
        {
            if (_isBusy)
            {
                return false;
            }

            _isBusy = true;
        }

        outer = Current;
        SetSynchronizationContext(this);
        _turnBegan = turnTime.Begin();
        return true;
    }

    /// <summary>Ends the turn that <see cref="TryEnter"/> began.</summary>
    public void Leave(SynchronizationContext? outer)
    {
        EndTurn();
        SetSynchronizationContext(outer);
        lock (owner)
        {
            if (_waiting is not { Count: > 0 })
            {
                _isBusy = false;
                return;
            }
        }

        // What came meanwhile is not this caller's business, so it does not pay for it.
        Schedule();
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (owner)
        {
            (_waiting ??= []).Enqueue((d, state));
            if (_isBusy)
            {
                return;
            }

            _isBusy = true;
        }

        Schedule();
    }

    /// <summary>Not supported: it would make the caller wait.</summary>
    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A turn cannot be waited for by blocking; post it.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs what waits. Called by the thread pool.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            for (var turn = 0; turn < TurnsPerWorkItem; turn++)
            {
                if (!TryTake(out var next))
                {
                    return;
                }

                Run(next.Callback, next.State);
            }
        }
        finally
        {
            SetSynchronizationContext(outer);
        }

        Schedule();
    }

    private bool TryTake(out (SendOrPostCallback Callback, object? State) next)
    {
        lock (owner)
        {
            next = default;
            if (_waiting?.TryDequeue(out next) ?? false)
            {
                return true;
            }

            _isBusy = false;
            return false;
        }
    }

    private void Run(SendOrPostCallback callback, object? state)
    {
        _turnBegan = turnTime.Begin();
        try
        {
            callback(state);
        }
        catch (Exception failure)
        {
            // A call keeps its exception for its caller; what arrives here has none, and must not cost the others their turns.
            owner.OnTurnFailed(failure);
        }

        EndTurn();
    }

    private void EndTurn()
    {
        try
        {
            owner.OnTurnEnded();
        }
        catch (Exception failure)
        {
            owner.OnTurnFailed(failure);
        }

        turnTime.End(_turnBegan);
    }

    private void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
}
