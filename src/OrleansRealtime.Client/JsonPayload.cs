using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansRealtime.Client;

/// <summary>Writes values of the application as payloads and reads them, by generated metadata: without reflection. Thread-safe.</summary>
public static class JsonPayload
{
    /// <summary>A JSON payload of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">How it is written, e.g. <c>AppJson.Default.Message</c> of a <c>JsonSerializerContext</c>.</param>
    public static Payload Of<T>(T value, JsonTypeInfo<T> type) => Payload.Json(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>The value that a JSON payload stands for; null when it is <c>null</c>.</summary>
    /// <param name="payload">What was received.</param>
    /// <param name="type">How it is read.</param>
    /// <exception cref="JsonException">It is binary, or no such value.</exception>
    public static T? Read<T>(this Payload payload, JsonTypeInfo<T> type) => payload.Kind == PayloadKind.Json
        ? JsonSerializer.Deserialize(payload.Bytes.Span, type)
        : throw new JsonException("The payload is binary.");
}
