namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>A request with an answer.</summary>
/// <typeparam name="T">The answer.</typeparam>
internal abstract class WriteRequest<T> : WriteRequest
{
    // Callers continue in turns of their own; inline, they would hold up the writer.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What it comes to if the transaction is committed.</summary>
    protected T? Outcome { get; set; }

    /// <summary>Waits for the answer.</summary>
    /// <exception cref="OperationCanceledException">The request was called off before the writer took it.</exception>
    public async ValueTask<T> WaitAsync(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var request = (WriteRequest<T>)state!;
                if (request.TryCallOff())
                {
                    request._answer.TrySetCanceled(token);
                }
            },
            this);
        return await _answer.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Answer() => _answer.TrySetResult(Outcome!);

    /// <inheritdoc/>
    public override void Fail(Exception exception) => _answer.TrySetException(exception);
}
