namespace OrleansRealtime.Protocol;

/// <summary>Why a message is no valid command. Immutable.</summary>
/// <param name="Id">The correlation id, as far as it could be read.</param>
/// <param name="Error">What to answer: <c>bad_request</c>, <c>unknown_type</c> or <c>too_large</c>.</param>
/// <param name="IsMalformed">
/// Whether the message was not even well formed (no JSON, no Protobuf), which counts as a strike against the connection.
/// </param>
public sealed record CommandFault(CommandId Id, RealtimeError Error, bool IsMalformed);
