using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Http;

/// <summary>Tells browsers which pages of other sites may use the HTTP API (Fetch standard, section 3.2).</summary>
internal static class Cors
{
    private const string Methods = "GET, POST, PUT";
    private const string Headers = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Api-Key, Cache-Control";
    private const string MaxAgeSeconds = "600";

    /// <summary>Lets the page read the answer, if its origin is allowed. A foreign one is refused by the gate.</summary>
    public static OriginVerdict Allow(HttpContext context)
    {
        var verdict = context.RequestServices.GetRequiredService<OriginPolicy>().Check(context.Request);
        var headers = context.Response.Headers;
        headers.Vary = "Origin";
        if (verdict is not (OriginVerdict.Listed or OriginVerdict.Any))
        {
            return verdict;
        }

        headers.AccessControlAllowOrigin = context.Request.Headers.Origin;
        headers.AccessControlExposeHeaders = "Retry-After";
        if (verdict == OriginVerdict.Listed)
        {
            // Cookies are believed only from listed origins, so only those are told to send them.
            headers.AccessControlAllowCredentials = "true";
        }

        return verdict;
    }

    /// <summary>Answers a preflight: 204 with what is allowed, or 403.</summary>
    public static Task AnswerPreflightAsync(HttpContext context)
    {
        if (Allow(context) == OriginVerdict.Foreign)
        {
            return Problem.WriteAsync(context, HttpRefusals.ForeignOrigin);
        }

        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = Headers;
        headers.AccessControlMaxAge = MaxAgeSeconds;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
