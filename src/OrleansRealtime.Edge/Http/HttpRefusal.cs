namespace OrleansRealtime.Edge.Http;

/// <summary>A «no» to an HTTP request: the wire error, and the status that says it. Immutable.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Error">The error.</param>
internal sealed record HttpRefusal(int Status, RealtimeError Error);
