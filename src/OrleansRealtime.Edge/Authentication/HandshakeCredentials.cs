using Microsoft.AspNetCore.Http;
using OrleansRealtime.Edge.Http;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>Finds out from a request's headers and ticket who sends it. Safe for concurrent use.</summary>
/// <remarks>
/// In this order: the token offered as a subprotocol, the <c>Authorization</c> header, the cookie (only with a listed
/// <c>Origin</c>), the ticket. What is there and wrong is refused; nothing less preferred is tried then, so that a client hears
/// of its mistake. A token in the query string is refused, and a foreign <c>Origin</c> before anything is looked at.
/// </remarks>
internal sealed class HandshakeCredentials(
    AuthenticationOptions options, ITokenValidator validator, ConnectionTickets tickets, OriginPolicy origins)
{
    private const string Scheme = "Bearer ";
    private const string TicketParameter = "ticket";

    /// <summary>Reads the credentials of a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="offeredToken">The token that a WebSocket client offered as a subprotocol, or null.</param>
    /// <param name="cancellationToken">Ends the wait for keys.</param>
    public async ValueTask<CredentialsOutcome> ReadAsync(
        HttpContext context, string? offeredToken, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var origin = origins.Check(request);
        if (origin == OriginVerdict.Foreign)
        {
            return Refused(HttpRefusals.ForeignOrigin);
        }

        if (QueryTokens.Find(request.Query) is { } parameter)
        {
            return Refused(HttpRefusals.TokenInQuery(parameter));
        }

        var token = offeredToken;
        if (token is null && request.Headers.Authorization is { Count: > 0 } authorization)
        {
            var value = authorization.ToString();
            if (authorization.Count > 1 || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            {
                return Refused(HttpRefusals.Unauthenticated("the Authorization header is not 'Bearer <token>'"));
            }

            token = value[Scheme.Length..].Trim();
        }

        token ??= TokenOfCookie(request, origin);
        if (token is not null)
        {
            return Outcome(await validator.ValidateAsync(token, cancellationToken));
        }

        return request.Query.TryGetValue(TicketParameter, out var ticket)
            ? Outcome(tickets.Redeem(ticket.ToString()))
            : new CredentialsOutcome(null, null);
    }

    private string? TokenOfCookie(HttpRequest request, OriginVerdict origin) =>
        origin == OriginVerdict.Listed && options.CookieName is { Length: > 0 } name && request.Cookies[name] is { Length: > 0 } value
            ? value
            : null;

    private static CredentialsOutcome Refused(HttpRefusal refusal) => new(refusal, null);

    private static CredentialsOutcome Outcome(TokenOutcome outcome) =>
        outcome.Refusal is { } error ? Refused(HttpRefusals.Of(error)) : new CredentialsOutcome(null, outcome.Identity);
}
