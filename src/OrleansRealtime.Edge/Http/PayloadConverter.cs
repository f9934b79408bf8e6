using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansRealtime.Edge.Http;

/// <summary>Writes a payload as it is: JSON byte for byte, binary as base64 text.</summary>
internal sealed class PayloadConverter : JsonConverter<Payload?>
{
    /// <summary>What the field <c>encoding</c> says beside a payload that is written so; null for none.</summary>
    public static string? EncodingOf(Payload? payload) => payload is { Kind: PayloadKind.Binary } ? "base64" : null;

    /// <inheritdoc/>
    public override Payload? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Payloads are only written.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Payload? value, JsonSerializerOptions options)
    {
        if (value is not { } payload)
        {
            writer.WriteNullValue();
        }
        else if (payload.Kind == PayloadKind.Binary)
        {
            writer.WriteBase64StringValue(payload.Bytes.Span);
        }
        else
        {
            // Valid since it was checked by the edge that took it in.
            writer.WriteRawValue(payload.Bytes.Span, skipInputValidation: true);
        }
    }
}
