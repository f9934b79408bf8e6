namespace OrleansRealtime.Client.Connections;

/// <summary>The state that the application sees, and those who wait for it. Safe for concurrent use.</summary>
internal sealed class ClientStatus(Action<ClientStateChange> raise)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _outcome = NewOutcome();

    public ClientState State { get; private set; }

    /// <summary>Completes when the client is connected; fails when it is closed instead.</summary>
    public Task Outcome
    {
        get
        {
            lock (_lock)
            {
                return _outcome.Task;
            }
        }
    }

    /// <summary>Moves to a state; staying in one tells nobody.</summary>
    public void Set(ClientStateChange change, Exception? failure = null)
    {
        lock (_lock)
        {
            if (State == change.State)
            {
                return;
            }

            State = change.State;
            if (_outcome.Task.IsCompleted)
            {
                _outcome = NewOutcome();
            }

            if (change.State == ClientState.Connected)
            {
                _outcome.SetResult();
            }
            else if (change.State == ClientState.Closed)
            {
                _outcome.SetException(failure ?? new RealtimeClosedException(change.Reason ?? CloseReason.Normal));
                _ = _outcome.Task.Exception;
            }
        }

        raise(change);
    }

    private static TaskCompletionSource NewOutcome() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
