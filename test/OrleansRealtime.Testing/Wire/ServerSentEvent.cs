namespace OrleansRealtime.Testing.Wire;

/// <summary>One event of a stream. Immutable.</summary>
/// <param name="Id">The last event id, as of this event; null when none was given.</param>
/// <param name="Type">The <c>event</c> field; <c>message</c> when there is none.</param>
/// <param name="Data">The <c>data</c> lines, joined.</param>
public sealed record ServerSentEvent(string? Id, string Type, string Data);
