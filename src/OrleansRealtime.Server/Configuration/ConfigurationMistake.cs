namespace OrleansRealtime.Server.Configuration;

/// <summary>Something in the configuration that keeps the server from starting. Immutable.</summary>
/// <param name="Key">The whole key, e.g. <c>Realtime:Edge:QueueBytes</c>.</param>
/// <param name="Message">What is wrong, and what to change.</param>
internal sealed record ConfigurationMistake(string Key, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}: {Message}";
}
