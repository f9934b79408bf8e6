namespace OrleansRealtime.Testing.Wire;

/// <summary>How a server answered a handshake. Immutable.</summary>
/// <param name="Status">The HTTP status; 101 when it accepted.</param>
/// <param name="Headers">The header fields, by name in any case.</param>
/// <param name="Body">What followed a refusal.</param>
public sealed record HandshakeResponse(int Status, IReadOnlyDictionary<string, string> Headers, string Body);
