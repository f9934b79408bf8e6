using Microsoft.AspNetCore.Http;

namespace OrleansRealtime.Edge.Http;

/// <summary>How wire errors are said in HTTP.</summary>
internal static class HttpRefusals
{
    /// <summary>403: a page of another site.</summary>
    public static HttpRefusal ForeignOrigin { get; } = new(
        StatusCodes.Status403Forbidden,
        new RealtimeError(
            RealtimeErrorCode.Forbidden,
            "this Origin is not allowed; list it in Realtime:Edge:AllowedOrigins, exactly as scheme://host[:port]"));

    /// <summary>400: a token in the query string.</summary>
    public static HttpRefusal TokenInQuery(string parameter) => new(
        StatusCodes.Status400BadRequest,
        new RealtimeError(
            RealtimeErrorCode.BadRequest,
            $"the query parameter '{parameter}' looks like a secret, which would end up in logs; send the token in the first "
            + "message, as the subprotocol bearer.<token> or in the Authorization header, or ask POST ticket for a ticket"));

    /// <summary>400.</summary>
    public static HttpRefusal BadRequest(string detail) => Of(new RealtimeError(RealtimeErrorCode.BadRequest, detail));

    /// <summary>401.</summary>
    public static HttpRefusal Unauthenticated(string detail) => Of(new RealtimeError(RealtimeErrorCode.Unauthenticated, detail));

    /// <summary>403.</summary>
    public static HttpRefusal Forbidden(string detail) => Of(new RealtimeError(RealtimeErrorCode.Forbidden, detail));

    /// <summary>The refusal that says <paramref name="error"/>.</summary>
    public static HttpRefusal Of(RealtimeError error) => new(StatusOf(error.Code), error);

    private static int StatusOf(RealtimeErrorCode code) => code switch
    {
        RealtimeErrorCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        RealtimeErrorCode.Forbidden => StatusCodes.Status403Forbidden,
        RealtimeErrorCode.UnknownType => StatusCodes.Status404NotFound,
        RealtimeErrorCode.NotSubscribed or RealtimeErrorCode.Conflict => StatusCodes.Status409Conflict,
        RealtimeErrorCode.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RealtimeErrorCode.RateLimited => StatusCodes.Status429TooManyRequests,
        RealtimeErrorCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        RealtimeErrorCode.Timeout => StatusCodes.Status504GatewayTimeout,
        RealtimeErrorCode.Internal => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status400BadRequest,
    };
}
