namespace OrleansRealtime.Runtime.Embedded;

/// <summary>A call that waits for its turn.</summary>
internal abstract class ActorCall<THost>
{
    /// <summary>Starts the call on <paramref name="host"/>, in its turn; it may complete later. Never throws.</summary>
    public abstract void Start(THost host);

    /// <summary>Ends a call that was not started.</summary>
    public abstract void Fail(Exception failure);
}

/// <summary>A call with its argument and what its caller waits for.</summary>
internal sealed class ActorCall<THost, TArgument, TResult> : ActorCall<THost>
{
    private readonly Func<THost, TArgument, CancellationToken, ValueTask<TResult>> _call;
    private readonly TArgument _argument;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenRegistration _registration;

    // Asynchronous, so that a caller never goes on inside the actor's turn.
    private readonly TaskCompletionSource<TResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isTaken;

    public ActorCall(
        Func<THost, TArgument, CancellationToken, ValueTask<TResult>> call,
        TArgument argument,
        CancellationToken cancellationToken)
    {
        _call = call;
        _argument = argument;
        _cancellationToken = cancellationToken;
        _registration = cancellationToken.UnsafeRegister(
            static state => ((ActorCall<THost, TArgument, TResult>)state!).Cancel(), this);
    }

    /// <summary>What the caller waits for.</summary>
    public Task<TResult> Completion => _result.Task;

    public override void Start(THost host)
    {
        if (TryTake())
        {
            _ = RunAsync(host);
        }
    }

    public override void Fail(Exception failure)
    {
        if (TryTake())
        {
            // The token may live as long as a connection, and would keep every call that failed.
            _registration.Unregister();
            _result.SetException(failure);
        }
    }

    // A call is started, failed or cancelled, whichever comes first; once it is started, cancelling it is the host's business.
    private bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    private void Cancel()
    {
        if (TryTake())
        {
            _result.SetCanceled(_cancellationToken);
        }
    }

    private async Task RunAsync(THost host)
    {
        try
        {
            _result.SetResult(await _call(host, _argument, _cancellationToken));
        }
        catch (OperationCanceledException cancelled)
        {
            _result.SetCanceled(cancelled.CancellationToken);
        }
        catch (Exception failure)
        {
            _result.SetException(failure);
        }
        finally
        {
            _registration.Unregister();
        }
    }
}
