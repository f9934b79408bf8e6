using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Edge.Applications;

/// <summary>The application's call handler, with an end to the wait for it. Safe for concurrent use.</summary>
/// <remarks>A handler that does not answer in time is asked to stop, and the caller is told <c>timeout</c> whether it stops or not.</remarks>
internal sealed class BoundedCallHandler(ICallHandler handler, TimeSpan timeout, TimeProvider clock) : ICallHandler
{
    /// <inheritdoc/>
    public async ValueTask<CallOutcome> HandleAsync(
        UserId user, string method, Payload data, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await handler.HandleAsync(user, method, data, either.Token).AsTask().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new CallOutcome(
                new RealtimeError(
                    RealtimeErrorCode.Timeout,
                    $"The application did not answer within {timeout.TotalSeconds} s; whether it acted is unknown."),
                default);
        }
    }
}
