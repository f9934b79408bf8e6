namespace OrleansRealtime.Core.Applications;

/// <summary>Answers <c>call</c>: requests of clients to the application. Called by the edge, concurrently; it may wait.</summary>
public interface ICallHandler
{
    /// <summary>
    /// Answers one call. What it throws is answered with <c>internal</c>, and logged. After the edge's
    /// <c>ApplicationTimeout</c> the token is cancelled and the caller told <c>timeout</c>, whether this returns or not.
    /// </summary>
    ValueTask<CallOutcome> HandleAsync(
        UserId user, string method, Payload data, CancellationToken cancellationToken);
}

/// <summary>What a call came to.</summary>
/// <param name="Refusal">Why not, or null.</param>
/// <param name="Data">The answer.</param>
public sealed record CallOutcome(RealtimeError? Refusal, Payload Data);
