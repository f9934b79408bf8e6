using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Takes typed fields out of a JSON object. Never throws; says false where a field is missing or of another type.</summary>
internal static class JsonFields
{
    public static bool TryText(this JsonElement element, string name, [NotNullWhen(true)] out string? text)
    {
        text = element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
        return text is not null;
    }

    /// <summary>A text, or null when it is absent or no text.</summary>
    public static string? Text(this JsonElement element, string name) => element.TryText(name, out var text) ? text : null;

    public static bool TryNumber(this JsonElement element, string name, out long number)
    {
        number = 0;
        return element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out number);
    }

    public static bool TryCount(this JsonElement element, string name, out int number)
    {
        number = 0;
        return element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out number);
    }

    public static bool TryFlag(this JsonElement element, string name, out bool flag)
    {
        flag = element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
        return flag || (value.ValueKind == JsonValueKind.False);
    }

    public static bool TryObject(this JsonElement element, string name, out JsonElement value) =>
        element.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.Object;

    public static bool TryList(this JsonElement element, string name, out JsonElement value) =>
        element.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.Array;

    public static bool TryTime(this JsonElement element, string name, out DateTimeOffset time)
    {
        var isTime = element.TryNumber(name, out var milliseconds) && WireTime.IsTime(milliseconds);
        time = isTime ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : default;
        return isTime;
    }

    public static bool TryDuration(this JsonElement element, string name, out TimeSpan duration)
    {
        var isDuration = element.TryNumber(name, out var milliseconds) && WireTime.IsDuration(milliseconds);
        duration = isDuration ? TimeSpan.FromMilliseconds(milliseconds) : default;
        return isDuration;
    }

    /// <summary>When a token expires; <c>null</c> when it does not. False when the field is missing or something else.</summary>
    public static bool TryExpires(this JsonElement element, out DateTimeOffset? expires)
    {
        expires = element.TryTime("expires", out var time) ? time : null;
        return expires is not null
            || (element.TryGetProperty("expires", out var value) && value.ValueKind == JsonValueKind.Null);
    }

    public static bool TryPosition(this JsonElement element, out Position position)
    {
        var isPosition = element.TryText("epoch", out var epoch) & element.TryNumber("seq", out var sequence);
        position = isPosition ? new Position(new Epoch(epoch!), sequence) : default;
        return isPosition;
    }

    public static bool TryChannel(this JsonElement element, out ChannelName channel) =>
        ChannelName.TryParse(element.Text("channel"), out channel);

    /// <summary>The correlation id, or none.</summary>
    public static CommandId Id(this JsonElement element)
    {
        if (!element.TryGetProperty("id", out var id))
        {
            return default;
        }

        return id.ValueKind switch
        {
            JsonValueKind.String => new CommandId(id.GetString()!),
            JsonValueKind.Number => new CommandId(id.GetRawText(), IsNumber: true),
            _ => default,
        };
    }

    /// <summary>A payload under <paramref name="name"/>, of the kind that <c>encoding</c> beside it says.</summary>
    public static bool TryPayload(this JsonElement element, string name, out Payload payload)
    {
        payload = default;
        if (!element.TryGetProperty(name, out var value))
        {
            return false;
        }

        if (!element.TryText("encoding", out var encoding))
        {
            payload = Payload.Json(JsonMarshal.GetRawUtf8Value(value).ToArray());
            return true;
        }

        if (encoding != "base64" || value.ValueKind != JsonValueKind.String || !value.TryGetBytesFromBase64(out var bytes))
        {
            return false;
        }

        payload = Payload.Binary(bytes);
        return true;
    }
}
