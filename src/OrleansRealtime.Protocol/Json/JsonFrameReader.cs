using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Reads frames from JSON, as a client does.</summary>
internal static class JsonFrameReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = CommandLimits.MaxDepth };

    public static bool TryRead(in ReadOnlySequence<byte> message, [NotNullWhen(true)] out ServerFrame? frame)
    {
        frame = null;
        using var flat = new FlatMessage(message);
        if (!Utf8.IsValid(flat.Span))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(flat.Span, Options);
            using var document = JsonDocument.ParseValue(ref reader);

            // The rest must be empty; and in valid JSON a backslash stands in strings only, so all can be checked at once.
            if (reader.Read() || JsonSurrogates.HasUnpaired(flat.Span) || document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            frame = Read(document.RootElement);
            return frame is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ServerFrame? Read(JsonElement message) => message.Text("type") switch
    {
        "publication" => message.TryChannel(out var channel) && JsonPublicationReader.TryRead(message, out var publication)
            ? new PublicationFrame(channel, publication)
            : null,
        "signal" => ReadSignal(message),
        "ack" => ReadAck(message),
        "join" => message.TryChannel(out var channel) && JsonPublicationReader.TryReadMember(message, out var member)
            ? new JoinFrame(channel, member)
            : null,
        "leave" => message.TryChannel(out var channel) && JsonPublicationReader.TryReadMember(message, out var member)
            ? new LeaveFrame(channel, member)
            : null,
        "pong" => message.TryTime("ts", out var time) ? new PongFrame(message.Id(), time) : null,
        var type => message.TryObject("payload", out var payload) ? ReadWithPayload(type, message, payload) : null,
    };

    private static ServerFrame? ReadWithPayload(string? type, JsonElement message, JsonElement payload) => type switch
    {
        "auth_ack" => ReadAuthAck(message, payload),
        "gap" => ReadGap(message, payload),
        "reset" => message.TryChannel(out var channel) && payload.TryPosition(out var position)
            ? new ResetFrame(channel, position)
            : null,
        "unsubscribed" => message.TryChannel(out var channel) && TryReadError(payload, "reason", out var error)
            ? new UnsubscribedFrame(channel, error)
            : null,
        "expiring" => payload.TryTime("expires", out var expires) ? new ExpiringFrame(expires) : null,
        "reconnect" => payload.TryDuration("after", out var after)
            ? new ReconnectFrame(after, payload.Text("reason") ?? string.Empty)
            : null,
        "error" => TryReadError(payload, "message", out var error)
            ? new ErrorFrame(message.Id(), OptionalChannel(message), error)
            : null,
        _ => null,
    };

    private static SignalFrame? ReadSignal(JsonElement message) =>
        message.TryChannel(out var channel)
        && message.TryText("from", out var from)
        && message.TryPayload("payload", out var payload)
            ? new SignalFrame(channel, Sender.FromValue(from), message.Text("key"), payload)
            : null;

    private static AckFrame? ReadAck(JsonElement message)
    {
        if (!message.TryObject("payload", out var fields))
        {
            return new AckFrame(message.Id(), OptionalChannel(message), null);
        }

        // A payload of a kind that this version does not know carries nothing that it could use.
        return JsonAckReader.TryRead(fields, out var payload)
            ? new AckFrame(message.Id(), OptionalChannel(message), payload)
            : null;
    }

    private static AuthAckFrame? ReadAuthAck(JsonElement message, JsonElement payload)
    {
        if (!payload.TryCount("v", out var version)
            || !UserId.TryParse(payload.Text("user"), out var user)
            || !payload.TryText("session", out var session)
            || !payload.TryFlag("resumed", out var resumed)
            || !payload.TryText("node", out var node)
            || !payload.TryDuration("heartbeat", out var heartbeat)
            || !payload.TryExpires(out var expires)
            || !payload.TryObject("limits", out var limits)
            || !limits.TryCount("messageBytes", out var messageBytes)
            || !limits.TryCount("subscriptions", out var subscriptions)
            || !message.TryTime("ts", out var time))
        {
            return null;
        }

        return new AuthAckFrame(
            message.Id(), version, user, new SessionId(session), resumed, new EdgeId(node), heartbeat, expires,
            new ConnectionLimits(messageBytes, subscriptions), time);
    }

    private static GapFrame? ReadGap(JsonElement message, JsonElement payload) =>
        message.TryChannel(out var channel)
        && payload.TryNumber("from", out var from)
        && payload.TryNumber("to", out var to)
        && payload.TryText("reason", out var reason)
            ? new GapFrame(channel, from, to, reason)
            : null;

    private static bool TryReadError(JsonElement payload, string detailName, [NotNullWhen(true)] out RealtimeError? error)
    {
        error = null;
        if (!payload.TryText("code", out var name))
        {
            return false;
        }

        var code = WireNames.ErrorCodeOf(name, payload.TryFlag("retryable", out var retryable) && retryable);
        TimeSpan? retryAfter = payload.TryDuration("retryAfter", out var duration) ? duration : null;
        error = new RealtimeError(code, payload.Text(detailName) ?? string.Empty, retryAfter);
        return true;
    }

    private static ChannelName? OptionalChannel(JsonElement message) =>
        message.TryChannel(out var channel) ? channel : null;
}
