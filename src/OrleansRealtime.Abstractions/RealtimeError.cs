namespace OrleansRealtime;

/// <summary>An expected «no» to a command. Immutable.</summary>
/// <param name="Code">What kind of no.</param>
/// <param name="Detail">For people: what happened, with which value and limit, and what to do next. Not to be parsed.</param>
/// <param name="RetryAfter">When the same command may succeed, if that is known.</param>
public sealed record RealtimeError(RealtimeErrorCode Code, string Detail, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the same command may succeed later without being changed.</summary>
    public bool IsRetryable => Code.IsRetryable();
}
