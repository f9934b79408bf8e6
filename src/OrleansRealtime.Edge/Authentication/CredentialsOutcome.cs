using OrleansRealtime.Edge.Http;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>What a request says of who sent it.</summary>
/// <param name="Refusal">Why it goes no further, or null.</param>
/// <param name="Identity">Who; null when refused, and when the request says nothing (the first message may).</param>
internal sealed record CredentialsOutcome(HttpRefusal? Refusal, Identity? Identity);
