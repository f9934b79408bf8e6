using System.Buffers;
using System.Text.Json;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>What a ticket says once it is opened: whose it is, and until when. Immutable.</summary>
/// <param name="Identity">Whose.</param>
/// <param name="Until">When the ticket ends.</param>
internal sealed record TicketStatement(Identity Identity, DateTimeOffset Until)
{
    /// <summary>Writes a statement.</summary>
    public static byte[] Write(Identity identity, DateTimeOffset until)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("until", until.ToUnixTimeMilliseconds());
            json.WriteString("user", identity.User.Value);
            json.WriteBoolean("anonymous", identity.IsAnonymous);
            json.WriteNumber("issued", identity.IssuedAt.ToUnixTimeMilliseconds());
            if (identity.ExpiresAt is { } expires)
            {
                json.WriteNumber("expires", expires.ToUnixTimeMilliseconds());
            }

            json.WriteStartArray("caps");
            foreach (var (pattern, rights) in identity.Capabilities.Entries)
            {
                json.WriteStringValue(pattern);
                json.WriteNumberValue((int)rights);
            }

            json.WriteEndArray();
            if (identity.Info.Length > 0)
            {
                json.WritePropertyName("info");
                json.WriteRawValue(identity.Info.Bytes.Span, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote, perhaps on a node of another version.</summary>
    public static TicketStatement? TryRead(byte[] statement)
    {
        try
        {
            using var document = JsonDocument.Parse(statement);
            var json = document.RootElement;
            var identity = new Identity(
                UserId.Parse(json.GetProperty("user").GetString()!),
                json.GetProperty("anonymous").GetBoolean(),
                Time(json.GetProperty("issued")),
                json.TryGetProperty("expires", out var expires) ? Time(expires) : null,
                new Capabilities(ReadCapabilities(json.GetProperty("caps"))),
                json.TryGetProperty("info", out var info) ? Payload.Json(info.GetRawText()) : default);
            return new TicketStatement(identity, Time(json.GetProperty("until")));
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            // The seal is ours, so the writer was a node that says things differently; its tickets live half a minute.
            return null;
        }
    }

    private static DateTimeOffset Time(JsonElement milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.GetInt64());

    private static List<(string Pattern, ChannelRights Rights)> ReadCapabilities(JsonElement caps)
    {
        var entries = new List<(string Pattern, ChannelRights Rights)>();
        for (var i = 0; i + 1 < caps.GetArrayLength(); i += 2)
        {
            entries.Add((caps[i].GetString()!, (ChannelRights)caps[i + 1].GetInt32()));
        }

        return entries;
    }
}
