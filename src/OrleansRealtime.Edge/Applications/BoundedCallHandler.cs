using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Edge.Applications;

/// <summary>The application's call handler, with an end to the wait for it: then the caller is told <c>timeout</c>. Safe for concurrent use.</summary>
internal sealed class BoundedCallHandler(ICallHandler handler, Patience patience) : ICallHandler
{
    /// <inheritdoc/>
    public async ValueTask<CallOutcome> HandleAsync(
        UserId user, string method, Payload data, CancellationToken cancellationToken)
    {
        var (isAnswered, outcome) = await patience.AskAsync(
            stop => handler.HandleAsync(user, method, data, stop), cancellationToken);
        return isAnswered
            ? outcome!
            : new CallOutcome(
                new RealtimeError(
                    RealtimeErrorCode.Timeout,
                    $"The application did not answer within {patience.Limit.TotalSeconds} s; whether it acted is unknown."),
                default);
    }
}
