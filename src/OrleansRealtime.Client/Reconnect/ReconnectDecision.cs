namespace OrleansRealtime.Client.Reconnect;

/// <summary>Whether, when and how to come back. Immutable.</summary>
/// <param name="ComesBack">Whether at all.</param>
/// <param name="Delay">How long to wait first.</param>
/// <param name="IsBackoff">Whether the delay is one of backoff, which grows with each attempt.</param>
/// <param name="Resumes">Whether the session is taken up, or a new one begun. Channels resume at their positions either way.</param>
/// <param name="NeedsToken">Whether a new token is needed first.</param>
internal readonly record struct ReconnectDecision(bool ComesBack, TimeSpan Delay, bool IsBackoff, bool Resumes, bool NeedsToken)
{
    public static ReconnectDecision Stop => new(false, TimeSpan.Zero, false, false, false);
}
