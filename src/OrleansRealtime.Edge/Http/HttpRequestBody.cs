using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace OrleansRealtime.Edge.Http;

/// <summary>Reads bodies: bounded, and with refusals that say what is wrong.</summary>
internal static class HttpRequestBody
{
    /// <summary>Reads a JSON body of at most <paramref name="maxBytes"/>.</summary>
    /// <exception cref="HttpRefusedException">There is none, it is too long, or it is no such JSON.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, int maxBytes)
        where T : class
    {
        var request = context.Request;
        if (!request.HasJsonContentType())
        {
            // Also keeps plain HTML forms of other sites out, which can send text/plain without a preflight.
            throw new HttpRefusedException(new HttpRefusal(
                StatusCodes.Status415UnsupportedMediaType,
                new RealtimeError(RealtimeErrorCode.BadRequest, "the body must be application/json")));
        }

        var bytes = await ReadBytesAsync(request, maxBytes, context.RequestAborted);
        if (!Utf8.IsValid(bytes.Span))
        {
            // The parser does not look into strings, and a payload goes on into text frames as it is.
            throw new HttpRefusedException(HttpRefusals.BadRequest("the body is not UTF-8"));
        }

        try
        {
            return JsonSerializer.Deserialize(bytes.Span, type)
                ?? throw new HttpRefusedException(HttpRefusals.BadRequest("the body must be a JSON object"));
        }
        catch (JsonException exception)
        {
            throw new HttpRefusedException(HttpRefusals.BadRequest(
                $"the body is not the JSON object expected here (at {exception.Path ?? "$"}, line {exception.LineNumber + 1})"));
        }
    }

    /// <summary>The payload that a member of a body is, byte for byte; with the encoding <c>base64</c> the bytes that it stands for.</summary>
    public static Payload PayloadOf(JsonElement data, string? encoding) => (data.ValueKind, encoding) switch
    {
        (JsonValueKind.Undefined, _) =>
            throw new HttpRefusedException(HttpRefusals.BadRequest("'data' is missing; it may be any JSON value")),
        (_, null) => Payload.Json(JsonMarshal.GetRawUtf8Value(data).ToArray()),
        (JsonValueKind.String, "base64") when data.TryGetBytesFromBase64(out var bytes) => Payload.Binary(bytes),
        (_, "base64") => throw new HttpRefusedException(HttpRefusals.BadRequest("'data' is no text of base64, as 'encoding' says")),
        _ => throw new HttpRefusedException(HttpRefusals.BadRequest("'encoding' is 'base64' or left out")),
    };

    private static async ValueTask<ReadOnlyMemory<byte>> ReadBytesAsync(
        HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        // One byte more than allowed tells a body that is too long from one that just fits.
        var buffer = new byte[(int)Math.Min(request.ContentLength ?? 4096, maxBytes) + 1];
        var length = 0;
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken);
            length += read;
            if (length > maxBytes)
            {
                throw TooLarge(maxBytes);
            }

            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, maxBytes + 1L));
            }
        }
    }

    private static HttpRefusedException TooLarge(int maxBytes) =>
        new(HttpRefusals.Of(new RealtimeError(RealtimeErrorCode.TooLarge, $"the body is longer than {maxBytes} bytes")));
}
