namespace OrleansRealtime.Client;

/// <summary>A change of a client's state. Immutable.</summary>
/// <param name="State">The state now.</param>
/// <param name="Reason">Why the last connection ended, or null when none had.</param>
/// <param name="RetryIn">While connecting: how long until the next attempt.</param>
public sealed record ClientStateChange(ClientState State, CloseReason? Reason = null, TimeSpan? RetryIn = null);
