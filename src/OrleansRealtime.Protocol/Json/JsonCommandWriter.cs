using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Writes commands as JSON, as a client does.</summary>
internal static class JsonCommandWriter
{
    public static void Write(ClientCommand command, IBufferWriter<byte> output)
    {
        var writer = JsonOutput.Begin(output, TypeOf(command));
        writer.WriteId(command.Id);
        writer.WriteChannel(ChannelOf(command));
        if (HasPayload(command))
        {
            writer.WriteStartObject(JsonNames.Payload);
            WriteFields(writer, command);
            writer.WriteEndObject();
        }

        JsonOutput.End(writer);
    }

    private static JsonEncodedText TypeOf(ClientCommand command) => JsonEncodedText.Encode(command switch
    {
        AuthCommand => "auth",
        RefreshCommand => "refresh",
        SubscribeCommand => "subscribe",
        UnsubscribeCommand => "unsubscribe",
        PublishCommand => "publish",
        SignalCommand => "signal",
        HistoryCommand => "history",
        PresenceCommand => "presence",
        CallCommand => "call",
        PingCommand => "ping",
        _ => throw new UnreachableException(),
    });

    private static ChannelName? ChannelOf(ClientCommand command) => command switch
    {
        SubscribeCommand subscribe => subscribe.Channel,
        UnsubscribeCommand unsubscribe => unsubscribe.Channel,
        PublishCommand publish => publish.Channel,
        SignalCommand signal => signal.Channel,
        HistoryCommand history => history.Channel,
        PresenceCommand presence => presence.Channel,
        _ => null,
    };

    private static bool HasPayload(ClientCommand command) => command switch
    {
        UnsubscribeCommand or PresenceCommand or PingCommand => false,
        SubscribeCommand { From: null, Last: 0, Presence: false, Conflate: null } => false,
        _ => true,
    };

    private static void WriteFields(Utf8JsonWriter writer, ClientCommand command)
    {
        switch (command)
        {
            case AuthCommand auth:
                WriteAuth(writer, auth);
                break;
            case RefreshCommand refresh:
                writer.WriteString("token"u8, refresh.Token);
                break;
            case SubscribeCommand subscribe:
                WriteSubscribe(writer, subscribe);
                break;
            case PublishCommand publish:
                writer.WritePayload(JsonNames.Data, publish.Payload);
                writer.WriteOptional(JsonNames.MessageId, publish.MessageId);
                writer.WriteOptional(JsonNames.Key, publish.Key);
                break;
            case SignalCommand signal:
                writer.WritePayload(JsonNames.Data, signal.Payload);
                writer.WriteOptional(JsonNames.Key, signal.Key);
                break;
            case HistoryCommand history:
                WriteFrom(writer, history.From);
                writer.WriteNumber("limit"u8, history.Limit);
                WriteFlag(writer, "reverse"u8, history.Reverse);
                break;
            case CallCommand call:
                writer.WriteString("method"u8, call.Method);
                writer.WritePayload(JsonNames.Data, call.Payload);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void WriteAuth(Utf8JsonWriter writer, AuthCommand auth)
    {
        if (auth.Token is not null)
        {
            writer.WriteString("token"u8, auth.Token);
        }

        writer.WriteNumber("v"u8, auth.Version);
        if (auth.Features.Count > 0)
        {
            writer.WriteStartArray("features"u8);
            foreach (var feature in auth.Features)
            {
                writer.WriteStringValue(feature);
            }

            writer.WriteEndArray();
        }

        if (auth.Session is { } session)
        {
            writer.WriteString("session"u8, session.Value);
        }
    }

    private static void WriteSubscribe(Utf8JsonWriter writer, SubscribeCommand subscribe)
    {
        WriteFrom(writer, subscribe.From);
        if (subscribe.Last > 0)
        {
            writer.WriteNumber("last"u8, subscribe.Last);
        }

        WriteFlag(writer, "presence"u8, subscribe.Presence);
        if (subscribe.Conflate is { } interval)
        {
            writer.WriteNumber("conflate"u8, (long)interval.TotalMilliseconds);
        }
    }

    private static void WriteFrom(Utf8JsonWriter writer, Position? from)
    {
        if (from is { } position)
        {
            writer.WriteStartObject(JsonNames.From);
            writer.WritePosition(position);
            writer.WriteEndObject();
        }
    }

    private static void WriteFlag(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, value);
        }
    }
}
