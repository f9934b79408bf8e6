using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Samples.Dashboard;

/// <summary>Answers what pages ask of the application: <c>pause</c> and <c>continue</c>.</summary>
internal sealed class HallCalls(Hall hall) : ICallHandler
{
    /// <inheritdoc/>
    public async ValueTask<CallOutcome> HandleAsync(UserId user, string method, Payload data, CancellationToken cancellationToken)
    {
        if (method is not ("pause" or "continue"))
        {
            return new CallOutcome(new RealtimeError(RealtimeErrorCode.BadRequest, $"There is no method {method}."), default);
        }

        await hall.PauseAsync(method == "pause", cancellationToken);
        return new CallOutcome(null, Payload.Json("true"));
    }
}
