using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>The way to one actor, whichever activation it has. Safe for concurrent use.</summary>
internal sealed class Actor<TKey, THost>(ActorTable<TKey, THost> table, TKey key)
    where TKey : notnull
    where THost : class, IActorHost
{
    // Spares most calls the way through the table.
    private volatile Activation<TKey, THost>? _last;

    /// <summary>Runs <paramref name="call"/> in a turn of the actor: on this thread if the actor is idle, otherwise when its turn has come.</summary>
    public ValueTask<TResult> CallAsync<TArgument, TResult>(
        Func<THost, TArgument, CancellationToken, ValueTask<TResult>> call,
        TArgument argument,
        CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<TResult>(cancellationToken);
        }

        try
        {
            return Find().TryCall(call, argument, cancellationToken, out var result)
                ? result
                : new ValueTask<TResult>(Queue(call, argument, cancellationToken));
        }
        catch (ActorUnavailableException unavailable)
        {
            return ValueTask.FromException<TResult>(unavailable);
        }
    }

    private Task<TResult> Queue<TArgument, TResult>(
        Func<THost, TArgument, CancellationToken, ValueTask<TResult>> call,
        TArgument argument,
        CancellationToken cancellationToken)
    {
        var queued = new ActorCall<THost, TArgument, TResult>(call, argument, cancellationToken);
        Activation<TKey, THost> activation;
        do
        {
            activation = Find();
        }
        while (!activation.TryQueue(queued));

        // After the call is queued, so that it shares the fate of the activation that it causes.
        activation.Begin();
        return queued.Completion;
    }

    private Activation<TKey, THost> Find()
    {
        var activation = _last;
        if (activation is null || activation.IsStopped)
        {
            _last = activation = table.Get(key);
        }

        return activation;
    }
}
