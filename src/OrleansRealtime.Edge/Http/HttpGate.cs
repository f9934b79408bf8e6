using Microsoft.AspNetCore.Http;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Limits;

namespace OrleansRealtime.Edge.Http;

/// <summary>Finds out who calls the HTTP API, and refuses whom it must. Safe for concurrent use.</summary>
internal sealed class HttpGate(
    HandshakeCredentials credentials,
    OriginPolicy origins,
    ApiKeys apiKeys,
    AuthenticationOptions options,
    IUsers users,
    OffenderTable offenders,
    UserBudgets budgets,
    TimeProvider clock)
{
    /// <summary>The header with an API key.</summary>
    public const string ApiKeyHeader = "X-Api-Key";

    /// <summary>Who sends this request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="offeredToken">A token that came in another way than in the headers that clients use, or null.</param>
    /// <exception cref="HttpRefusedException">No credentials, or not good ones; too many requests; banned; foreign origin.</exception>
    public async ValueTask<HttpCaller> AdmitAsync(HttpContext context, string? offeredToken = null)
    {
        var address = OffenderKey.Of(context.Connection.RemoteIpAddress);
        ThrowIfCutOff(address);
        var cancellation = context.RequestAborted;
        if (context.Request.Headers[ApiKeyHeader] is { Count: > 0 } key)
        {
            return AdmitServer(context, key.ToString(), address);
        }

        // A signature is dear to check, so an address pays for those that are wrong, and is checked no more when it cannot.
        if (!budgets.HasRoom(address, out var retryAfter))
        {
            throw Refused(new RealtimeError(RealtimeErrorCode.RateLimited, "too many bad tokens from this address", retryAfter));
        }

        var outcome = await credentials.ReadAsync(context, offeredToken, cancellation);
        if (outcome.Refusal is { Status: StatusCodes.Status401Unauthorized })
        {
            budgets.TryTake(address, 0, out _);
        }

        ThrowIf(outcome.Refusal);
        var identity = outcome.Identity
            ?? (options.AllowAnonymous ? Identity.Anonymous(clock.GetUtcNow()) : null)
            ?? throw new HttpRefusedException(HttpRefusals.Unauthenticated(
                $"send 'Authorization: Bearer <token>', or an API key in {ApiKeyHeader}"));

        // All anonymous requests of an address share one budget: their ids are made up for each.
        var payer = identity.IsAnonymous ? address : OffenderKey.Of(identity.User);
        ThrowIfCutOff(payer);
        if (!budgets.TryTake(payer, (int)Math.Min(context.Request.ContentLength ?? 0, int.MaxValue), out retryAfter))
        {
            throw Refused(new RealtimeError(RealtimeErrorCode.RateLimited, "this user sends more than it may", retryAfter));
        }

        if (!identity.IsAnonymous && await users.Get(identity.User).CheckTokenAsync(identity.IssuedAt, cancellation) is { } error)
        {
            throw Refused(error);
        }

        return new HttpCaller(null, identity);
    }

    private HttpCaller AdmitServer(HttpContext context, string key, OffenderKey address)
    {
        if (origins.Check(context.Request) == OriginVerdict.Foreign)
        {
            throw new HttpRefusedException(HttpRefusals.ForeignOrigin);
        }

        if (QueryTokens.Find(context.Request.Query) is { } parameter)
        {
            throw new HttpRefusedException(HttpRefusals.TokenInQuery(parameter));
        }

        if (apiKeys.TryFind(key, out var name))
        {
            return new HttpCaller(name, null);
        }

        offenders.Strike(address);
        throw new HttpRefusedException(HttpRefusals.Unauthenticated("the API key is not known here"));
    }

    private void ThrowIfCutOff(OffenderKey key)
    {
        if (offenders.IsCutOff(key, out var remaining))
        {
            throw Refused(new RealtimeError(RealtimeErrorCode.RateLimited, "cut off for repeated abuse", remaining));
        }
    }

    private static void ThrowIf(HttpRefusal? refusal)
    {
        if (refusal is not null)
        {
            throw new HttpRefusedException(refusal);
        }
    }

    private static HttpRefusedException Refused(RealtimeError error) => new(HttpRefusals.Of(error));
}
