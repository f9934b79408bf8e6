using System.Buffers;
using System.Diagnostics;
using OrleansRealtime.Protocol.Commands;

namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>Writes commands as Protobuf, as a client does. All fields descend, because the writer goes backwards.</summary>
internal static class ProtobufCommandWriter
{
    public static void Write(ClientCommand command, IBufferWriter<byte> output)
    {
        var writer = new ProtobufWriter();
        try
        {
            var (type, channel) = Describe(command);
            WriteFields(ref writer, command);
            writer.EndMessage(ProtobufNumbers.Of(type), before: 0);
            writer.WriteText(ProtobufNumbers.Channel, channel?.Value);
            writer.WriteText(ProtobufNumbers.Id, command.Id.Text);
            writer.CopyTo(output);
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static (CommandType Type, ChannelName? Channel) Describe(ClientCommand command) => command switch
    {
        AuthCommand => (CommandType.Auth, null),
        RefreshCommand => (CommandType.Refresh, null),
        SubscribeCommand subscribe => (CommandType.Subscribe, subscribe.Channel),
        UnsubscribeCommand unsubscribe => (CommandType.Unsubscribe, unsubscribe.Channel),
        PublishCommand publish => (CommandType.Publish, publish.Channel),
        SignalCommand signal => (CommandType.Signal, signal.Channel),
        HistoryCommand history => (CommandType.History, history.Channel),
        PresenceCommand presence => (CommandType.Presence, presence.Channel),
        CallCommand => (CommandType.Call, null),
        PingCommand => (CommandType.Ping, null),
        _ => throw new UnreachableException(),
    };

    private static void WriteFields(ref ProtobufWriter writer, ClientCommand command)
    {
        switch (command)
        {
            case AuthCommand auth:
                WriteAuth(ref writer, auth);
                break;
            case RefreshCommand refresh:
                writer.WriteText(1, refresh.Token);
                break;
            case SubscribeCommand subscribe:
                writer.WriteNumber(4, ProtobufParts.Milliseconds(subscribe.Conflate) ?? 0);
                writer.WriteFlag(3, subscribe.Presence);
                writer.WriteNumber(2, subscribe.Last);
                WriteFrom(ref writer, subscribe.From);
                break;
            case PublishCommand publish:
                writer.WriteText(3, publish.Key);
                writer.WriteText(2, publish.MessageId);
                writer.WriteData(1, publish.Payload);
                break;
            case SignalCommand signal:
                writer.WriteText(2, signal.Key);
                writer.WriteData(1, signal.Payload);
                break;
            case HistoryCommand history:
                writer.WriteFlag(3, history.Reverse);
                writer.WriteNumber(2, history.Limit);
                WriteFrom(ref writer, history.From);
                break;
            case CallCommand call:
                writer.WriteData(2, call.Payload);
                writer.WriteText(1, call.Method);
                break;
        }
    }

    private static void WriteAuth(ref ProtobufWriter writer, AuthCommand auth)
    {
        writer.WriteText(4, auth.Session?.Value);
        for (var index = auth.Features.Count - 1; index >= 0; index--)
        {
            writer.WriteElement(3, auth.Features[index]);
        }

        writer.WriteNumber(2, auth.Version);
        writer.WriteText(1, auth.Token);
    }

    private static void WriteFrom(ref ProtobufWriter writer, Position? from)
    {
        if (from is { } position)
        {
            writer.WritePosition(1, position);
        }
    }
}
