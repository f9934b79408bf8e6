using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace OrleansRealtime.Edge.Http;

/// <summary>The body of a refused request (RFC 9457). Immutable.</summary>
/// <param name="Type">Names the kind of problem: <c>about:blank</c>, since <paramref name="Code"/> tells.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">For people: what happened, and what to do next.</param>
/// <param name="Code">The wire error code, e.g. <c>rate_limited</c>.</param>
/// <param name="Retryable">Whether the same request may succeed later.</param>
/// <param name="RetryAfter">After how many milliseconds, if that is known.</param>
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    bool Retryable,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? RetryAfter)
{
    /// <summary>The media type of problems.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>The problem that says <paramref name="refusal"/>.</summary>
    public static Problem Of(HttpRefusal refusal) => new(
        "about:blank",
        ReasonPhrases.GetReasonPhrase(refusal.Status),
        refusal.Status,
        refusal.Error.Detail,
        refusal.Error.Code.ToWireName(),
        refusal.Error.IsRetryable,
        RoundUp(refusal.Error.RetryAfter));

    /// <summary>A wait in whole milliseconds, rounded up: coming back early is refused again.</summary>
    public static long? RoundUp(TimeSpan? wait) => wait is { } known ? (long)Math.Ceiling(known.TotalMilliseconds) : null;

    /// <summary>Answers a request with a refusal; nothing may have been written before.</summary>
    public static Task WriteAsync(HttpContext context, HttpRefusal refusal)
    {
        var response = context.Response;
        response.StatusCode = refusal.Status;
        response.Headers.CacheControl = "no-store";
        if (refusal.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (refusal.Error.RetryAfter is { } after)
        {
            // Whole seconds (RFC 9110, section 10.2.3), rounded up: coming back early is refused again.
            response.Headers.RetryAfter = Math.Ceiling(after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return response.WriteAsJsonAsync(
            Of(refusal), HttpJson.Default.Problem, ContentType, context.RequestAborted);
    }
}
