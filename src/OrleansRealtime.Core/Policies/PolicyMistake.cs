namespace OrleansRealtime.Core.Policies;

/// <summary>Why a policy cannot be run. Immutable.</summary>
/// <param name="Option">The option at fault, e.g. <c>Replay:Age</c>; empty for the namespace's name.</param>
/// <param name="Message">What is wrong, with the value, and what to change.</param>
public sealed record PolicyMistake(string Option, string Message);
