namespace OrleansRealtime.Edge.Authentication;

/// <summary>Tells whether a token is good, and whose. Safe for concurrent use.</summary>
internal interface ITokenValidator
{
    /// <summary>Checks form, algorithm, signature, lifetime, issuer, audience and claims. Never throws on a bad token.</summary>
    ValueTask<TokenOutcome> ValidateAsync(string token, CancellationToken cancellationToken);
}

/// <summary>What a token came to: an identity, or why not.</summary>
/// <param name="Refusal"><c>unauthenticated</c>, or <c>unavailable</c> when the keys could not be had; null when good.</param>
/// <param name="Identity">Whose token it is; null when refused.</param>
internal sealed record TokenOutcome(RealtimeError? Refusal, Identity? Identity);
