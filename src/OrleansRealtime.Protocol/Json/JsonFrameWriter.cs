using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Writes frames as JSON.</summary>
internal static class JsonFrameWriter
{
    private static readonly JsonEncodedText AuthAck = JsonEncodedText.Encode("auth_ack");
    private static readonly JsonEncodedText Ack = JsonEncodedText.Encode("ack");
    private static readonly JsonEncodedText Publication = JsonEncodedText.Encode("publication");
    private static readonly JsonEncodedText Signal = JsonEncodedText.Encode("signal");
    private static readonly JsonEncodedText Join = JsonEncodedText.Encode("join");
    private static readonly JsonEncodedText Leave = JsonEncodedText.Encode("leave");
    private static readonly JsonEncodedText Gap = JsonEncodedText.Encode("gap");
    private static readonly JsonEncodedText Reset = JsonEncodedText.Encode("reset");
    private static readonly JsonEncodedText Unsubscribed = JsonEncodedText.Encode("unsubscribed");
    private static readonly JsonEncodedText Expiring = JsonEncodedText.Encode("expiring");
    private static readonly JsonEncodedText Reconnect = JsonEncodedText.Encode("reconnect");
    private static readonly JsonEncodedText Error = JsonEncodedText.Encode("error");
    private static readonly JsonEncodedText Pong = JsonEncodedText.Encode("pong");

    public static void Write(ServerFrame frame, IBufferWriter<byte> output)
    {
        var writer = JsonOutput.Begin(output, TypeOf(frame));
        switch (frame)
        {
            case PublicationFrame publication:
                writer.WriteChannel(publication.Channel);
                writer.WritePublication(publication.Publication);
                break;
            case SignalFrame signal:
                writer.WriteChannel(signal.Channel);
                writer.WriteString(JsonNames.From, signal.From.Value);
                writer.WriteOptional(JsonNames.Key, signal.Key);
                writer.WritePayload(JsonNames.Payload, signal.Payload);
                break;
            case AckFrame ack:
                writer.WriteId(ack.Id);
                writer.WriteChannel(ack.Channel);
                WriteAckPayload(writer, ack.Payload);
                break;
            case JoinFrame join:
                writer.WriteChannel(join.Channel);
                writer.WriteMember(join.Member);
                break;
            case LeaveFrame leave:
                writer.WriteChannel(leave.Channel);
                writer.WriteMember(leave.Member);
                break;
            case PongFrame pong:
                writer.WriteId(pong.Id);
                writer.WriteTime(JsonNames.Time, pong.Time);
                break;
            default:
                WriteWithPayload(writer, frame);
                break;
        }

        JsonOutput.End(writer);
    }

    private static JsonEncodedText TypeOf(ServerFrame frame) => frame switch
    {
        PublicationFrame => Publication,
        SignalFrame => Signal,
        AckFrame => Ack,
        JoinFrame => Join,
        LeaveFrame => Leave,
        GapFrame => Gap,
        ResetFrame => Reset,
        UnsubscribedFrame => Unsubscribed,
        ExpiringFrame => Expiring,
        ReconnectFrame => Reconnect,
        ErrorFrame => Error,
        PongFrame => Pong,
        AuthAckFrame => AuthAck,
        _ => throw new UnreachableException(),
    };

    private static void WriteWithPayload(Utf8JsonWriter writer, ServerFrame frame)
    {
        switch (frame)
        {
            case AuthAckFrame ack:
                writer.WriteId(ack.Id);
                writer.WriteTime(JsonNames.Time, ack.Time);
                writer.WriteStartObject(JsonNames.Payload);
                WriteAuthAck(writer, ack);
                break;
            case GapFrame gap:
                writer.WriteChannel(gap.Channel);
                writer.WriteStartObject(JsonNames.Payload);
                writer.WriteNumber(JsonNames.From, gap.From);
                writer.WriteNumber(JsonNames.To, gap.To);
                writer.WriteString(JsonNames.Reason, gap.Reason);
                break;
            case ResetFrame reset:
                writer.WriteChannel(reset.Channel);
                writer.WriteStartObject(JsonNames.Payload);
                writer.WritePosition(reset.Position);
                break;
            case UnsubscribedFrame unsubscribed:
                writer.WriteChannel(unsubscribed.Channel);
                writer.WriteStartObject(JsonNames.Payload);
                WriteError(writer, unsubscribed.Error, JsonNames.Reason);
                break;
            case ExpiringFrame expiring:
                writer.WriteStartObject(JsonNames.Payload);
                writer.WriteTime(JsonNames.Expires, expiring.Expires);
                break;
            case ReconnectFrame reconnect:
                writer.WriteStartObject(JsonNames.Payload);
                writer.WriteNumber("after"u8, WireTime.RoundUp(reconnect.After));
                writer.WriteString(JsonNames.Reason, reconnect.Reason);
                break;
            case ErrorFrame error:
                writer.WriteId(error.Id);
                writer.WriteChannel(error.Channel);
                writer.WriteStartObject(JsonNames.Payload);
                WriteError(writer, error.Error, Message);
                break;
            default:
                throw new UnreachableException();
        }

        writer.WriteEndObject();
    }

    private static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");

    private static void WriteAuthAck(Utf8JsonWriter writer, AuthAckFrame ack)
    {
        writer.WriteNumber("v"u8, ack.Version);
        writer.WriteString(JsonNames.User, ack.User.Value);
        writer.WriteString("session"u8, ack.Session.Value);
        writer.WriteBoolean("resumed"u8, ack.Resumed);
        writer.WriteString("node"u8, ack.Node.Value);
        writer.WriteNumber("heartbeat"u8, (long)ack.Heartbeat.TotalMilliseconds);
        writer.WriteExpires(ack.Expires);
        writer.WriteStartObject("limits"u8);
        writer.WriteNumber("messageBytes"u8, ack.Limits.MessageBytes);
        writer.WriteNumber("subscriptions"u8, ack.Limits.Subscriptions);
        writer.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter writer, RealtimeError error, JsonEncodedText detailName)
    {
        writer.WriteString(JsonNames.Code, error.Code.ToWireName());
        writer.WriteString(detailName, error.Detail);
        writer.WriteBoolean("retryable"u8, error.IsRetryable);
        if (error.RetryAfter is { } retryAfter)
        {
            writer.WriteNumber(JsonNames.RetryAfter, WireTime.RoundUp(retryAfter));
        }
    }

    private static void WriteAckPayload(Utf8JsonWriter writer, AckPayload? payload)
    {
        if (payload is null)
        {
            return;
        }

        writer.WriteStartObject(JsonNames.Payload);
        JsonAckWriter.WriteFields(writer, payload);
        writer.WriteEndObject();
    }
}
