namespace OrleansRealtime;

/// <summary>A user present in a channel, once however many connections it has there. Immutable.</summary>
/// <param name="User">Who.</param>
/// <param name="Info">What the token's <c>info</c> claim shows to others: JSON in UTF-8, or empty.</param>
public sealed record Member(UserId User, Payload Info);
