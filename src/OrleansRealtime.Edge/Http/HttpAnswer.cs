using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace OrleansRealtime.Edge.Http;

/// <summary>Writes answers.</summary>
internal static class HttpAnswer
{
    /// <summary>Answers with JSON that no cache keeps.</summary>
    public static Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(answer, type, contentType: null, context.RequestAborted);
    }
}
