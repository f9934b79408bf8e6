using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansRealtime.Edge.Http;

/// <summary>Answers what no address of the prefix takes: preflights, other methods (405), and unknown addresses (404).</summary>
internal static class HttpFallback
{
    /// <summary>Answers the request.</summary>
    public static Task AnswerAsync(HttpContext context)
    {
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            return Cors.AnswerPreflightAsync(context);
        }

        Cors.Allow(context);
        var methods = MethodsOf(context);
        if (methods.Length == 0)
        {
            return Problem.WriteAsync(context, Refusal(StatusCodes.Status404NotFound, "no such address; see openapi.json"));
        }

        context.Response.Headers.Allow = string.Join(", ", methods);
        return Problem.WriteAsync(
            context, Refusal(StatusCodes.Status405MethodNotAllowed, $"this address takes {string.Join(" and ", methods)} only"));
    }

    /// <summary>What the same address takes. Looked up among all addresses, because only mistakes come here.</summary>
    private static string[] MethodsOf(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/');
        return
        [
            .. context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints
                .OfType<RouteEndpoint>()
                .Where(endpoint => string.Equals(
                    endpoint.RoutePattern.RawText?.Trim('/'), path, StringComparison.OrdinalIgnoreCase))
                .SelectMany(static endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
                .Distinct(),
        ];
    }

    private static HttpRefusal Refusal(int status, string detail) =>
        new(status, new RealtimeError(
            status == StatusCodes.Status404NotFound ? RealtimeErrorCode.UnknownType : RealtimeErrorCode.BadRequest, detail));
}
