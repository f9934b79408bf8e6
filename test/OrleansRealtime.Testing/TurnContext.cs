namespace OrleansRealtime.Testing;

/// <summary>Gives a host its turns on the thread of the test, one at a time and only when the test says so.</summary>
/// <remarks>Posting is safe for concurrent use; running is for one thread.</remarks>
public sealed class TurnContext : SynchronizationContext
{
    private readonly Lock _lock = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _turns = [];

    /// <summary>How many turns wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _turns.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_lock)
        {
            _turns.Enqueue((d, state));
        }
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A turn cannot be entered from outside.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs the next turn; false when none waits.</summary>
    public bool RunOne()
    {
        (SendOrPostCallback Callback, object? State) turn;
        lock (_lock)
        {
            if (!_turns.TryDequeue(out turn))
            {
                return false;
            }
        }

        Enter(() => turn.Callback(turn.State));
        return true;
    }

    /// <summary>Runs turns until none waits.</summary>
    public void RunUntilIdle()
    {
        while (RunOne())
        {
        }
    }

    /// <summary>Makes a call in a turn of its own, now; what it throws is in the task.</summary>
    public Task<T> Start<T>(Func<ValueTask<T>> call)
    {
        Task<T>? task = null;
        Enter(() =>
        {
            try
            {
                task = call().AsTask();
            }
            catch (Exception thrown)
            {
                task = Task.FromException<T>(thrown);
            }
        });
        return task!;
    }

    /// <summary>Makes a call in a turn of its own, now; what it throws is in the task.</summary>
    public Task Start(Func<ValueTask> call) => Start(async () =>
    {
        await call();
        return true;
    });

    /// <summary>Makes a call, runs turns until none waits, and returns the result, which must be there by then.</summary>
    public T Complete<T>(Func<ValueTask<T>> call)
    {
        var task = Start(call);
        RunUntilIdle();
        return task.IsCompleted
            ? task.GetAwaiter().GetResult()
            : throw new InvalidOperationException("The call waits for something that no turn brings.");
    }

    /// <summary>Makes a call, runs turns until none waits, and checks that it is done.</summary>
    public void Complete(Func<ValueTask> call) => Complete(async () =>
    {
        await call();
        return true;
    });

    private void Enter(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
