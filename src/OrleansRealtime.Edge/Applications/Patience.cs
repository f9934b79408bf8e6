namespace OrleansRealtime.Edge.Applications;

/// <summary>How long the application's own code is waited for. Immutable and safe for concurrent use.</summary>
/// <param name="Limit">The longest wait.</param>
/// <param name="Clock">The clock that measures it.</param>
internal sealed record Patience(TimeSpan Limit, TimeProvider Clock)
{
    /// <summary>Asks, and waits at most that long. What does not answer is asked to stop, and left alone whether it does or not.</summary>
    /// <returns>Whether an answer came, and which.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> asked for it.</exception>
    public async ValueTask<(bool IsAnswered, T? Answer)> AskAsync<T>(
        Func<CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        // From when it was asked for: also a busy pool counts.
        using var deadline = new CancellationTokenSource(Limit, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);

        // On the pool: code that blocks, though it may not, must not hold up a shard and all its connections.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            return (true, await ask(either.Token).AsTask().WaitAsync(either.Token));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (false, default);
        }
    }
}
