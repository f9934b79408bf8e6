using System.Text.Json;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Writes the parts that several messages share.</summary>
internal static class JsonParts
{
    /// <summary><c>"id":…</c>, in the form in which it came; nothing when there is none.</summary>
    public static void WriteId(this Utf8JsonWriter writer, CommandId id)
    {
        if (id.IsNone)
        {
            return;
        }

        if (id.IsNumber)
        {
            writer.WritePropertyName(JsonNames.Id);
            writer.WriteRawValue(id.Text, skipInputValidation: true);
        }
        else
        {
            writer.WriteString(JsonNames.Id, id.Text);
        }
    }

    /// <summary><c>"channel":…</c></summary>
    public static void WriteChannel(this Utf8JsonWriter writer, ChannelName? channel)
    {
        if (channel is { } name)
        {
            writer.WriteString(JsonNames.Channel, name.Value);
        }
    }

    /// <summary>A text, or nothing when there is none.</summary>
    public static void WriteOptional(this Utf8JsonWriter writer, JsonEncodedText name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    /// <summary>A time in Unix milliseconds.</summary>
    public static void WriteTime(this Utf8JsonWriter writer, JsonEncodedText name, DateTimeOffset time) =>
        writer.WriteNumber(name, time.ToUnixTimeMilliseconds());

    /// <summary>When a token expires, or <c>null</c> when it does not.</summary>
    public static void WriteExpires(this Utf8JsonWriter writer, DateTimeOffset? expires)
    {
        if (expires is { } time)
        {
            writer.WriteTime(JsonNames.Expires, time);
        }
        else
        {
            writer.WriteNull(JsonNames.Expires);
        }
    }

    /// <summary><c>"epoch":…,"seq":…</c></summary>
    public static void WritePosition(this Utf8JsonWriter writer, Position position)
    {
        writer.WriteString(JsonNames.Epoch, position.Epoch.Value);
        writer.WriteNumber(JsonNames.Sequence, position.Sequence);
    }

    /// <summary>
    /// JSON as it is; binary as base64 (RFC 4648, section 4) after an <c>"encoding":"base64"</c> that says so.
    /// </summary>
    public static void WritePayload(this Utf8JsonWriter writer, JsonEncodedText name, Payload payload)
    {
        if (payload.Kind == PayloadKind.Binary)
        {
            writer.WriteString(JsonNames.Encoding, JsonNames.Base64);
            writer.WriteBase64String(name, payload.Bytes.Span);
            return;
        }

        writer.WritePropertyName(name);
        if (payload.Length == 0)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteRawValue(payload.Bytes.Span, skipInputValidation: true);
        }
    }

    /// <summary>What a publication consists of beside its channel.</summary>
    public static void WritePublication(this Utf8JsonWriter writer, Publication publication)
    {
        writer.WriteNumber(JsonNames.Sequence, publication.Sequence);
        writer.WriteTime(JsonNames.Time, publication.Time);
        writer.WriteString(JsonNames.From, publication.From.Value);
        writer.WriteOptional(JsonNames.MessageId, publication.MessageId);
        writer.WriteOptional(JsonNames.Key, publication.Key);
        writer.WritePayload(JsonNames.Payload, publication.Payload);
    }

    /// <summary><c>"user":…</c>, and <c>"info":…</c> when there is one.</summary>
    public static void WriteMember(this Utf8JsonWriter writer, Member member)
    {
        writer.WriteString(JsonNames.User, member.User.Value);
        if (member.Info.Length > 0)
        {
            writer.WritePayload(JsonNames.Info, member.Info);
        }
    }
}
