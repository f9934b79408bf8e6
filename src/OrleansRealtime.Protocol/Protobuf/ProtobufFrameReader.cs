using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>Reads frames from Protobuf, as a client does. Never throws.</summary>
internal static class ProtobufFrameReader
{
    private const int FirstType = 4;
    private const int LastType = 16;

    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out ServerFrame? frame)
    {
        frame = null;
        if (!ProtobufFields.TryRead(message, out var fields)
            || !fields.TryOptionalText(ProtobufNumbers.Id, out var idText)
            || !fields.TryText(ProtobufNumbers.Channel, out var channelText))
        {
            return false;
        }

        var id = idText is null ? default : new CommandId(idText);
        var hasChannel = ChannelName.TryParse(channelText, out var channel);
        var type = fields.LastOf(FirstType, LastType);
        if (type == 0 || !fields.TryMessage(type, out var content))
        {
            return false;
        }

        frame = hasChannel ? ReadOfChannel(type, channel, fields, content) : null;
        frame ??= ReadAny(type, id, hasChannel ? channel : null, fields, content);
        return frame is not null;
    }

    private static ServerFrame? ReadOfChannel(int type, ChannelName channel, ProtobufFields fields, ProtobufFields content) =>
        type switch
        {
            6 => content.TryPublication(out var publication) ? new PublicationFrame(channel, publication) : null,
            7 => ReadSignal(channel, content),
            8 => content.TryMember(out var member) ? new JoinFrame(channel, member) : null,
            9 => content.TryMember(out var member) ? new LeaveFrame(channel, member) : null,
            10 => content.TryText(3, out var reason)
                ? new GapFrame(channel, content.Number(1), content.Number(2), reason)
                : null,
            11 => fields.TryPosition(11, out var position) ? new ResetFrame(channel, position) : null,
            12 => TryReadError(content, out var error) ? new UnsubscribedFrame(channel, error) : null,
            _ => null,
        };

    private static ServerFrame? ReadAny(
        int type, CommandId id, ChannelName? channel, ProtobufFields fields, ProtobufFields content) =>
        type switch
        {
            4 => ReadAuthAck(id, fields, content),
            5 => ProtobufAckReader.TryRead(content, out var payload) ? new AckFrame(id, channel, payload) : null,
            13 => content.OptionalNumber(1) is not null && content.TryTime(1, out var expires)
                ? new ExpiringFrame(expires)
                : null,
            14 => content.TryDuration(1, out var after) && content.TryText(2, out var reason)
                ? new ReconnectFrame(after, reason)
                : null,
            15 => TryReadError(content, out var error) ? new ErrorFrame(id, channel, error) : null,
            16 => fields.TryTime(ProtobufNumbers.Time, out var time) ? new PongFrame(id, time) : null,
            _ => null,
        };

    private static SignalFrame? ReadSignal(ChannelName channel, ProtobufFields content) =>
        content.TryText(1, out var from)
        && content.TryOptionalText(2, out var key)
        && content.TryData(3, out var payload)
            ? new SignalFrame(channel, Sender.FromValue(from), key, payload)
            : null;

    private static AuthAckFrame? ReadAuthAck(CommandId id, ProtobufFields fields, ProtobufFields content)
    {
        if (!content.TryCount(1, out var version)
            || !content.TryText(2, out var userText)
            || !UserId.TryParse(userText, out var user)
            || !content.TryText(3, out var session)
            || !content.TryText(5, out var node)
            || !content.TryDuration(6, out var heartbeat)
            || !content.TryOptionalTime(7, out var expires)
            || !content.TryMessage(8, out var limits)
            || !limits.TryCount(1, out var messageBytes)
            || !limits.TryCount(2, out var subscriptions)
            || !fields.TryTime(ProtobufNumbers.Time, out var time))
        {
            return null;
        }

        return new AuthAckFrame(
            id, version, user, new SessionId(session), content.Flag(4), new EdgeId(node), heartbeat, expires,
            new ConnectionLimits(messageBytes, subscriptions), time);
    }

    private static bool TryReadError(ProtobufFields content, [NotNullWhen(true)] out RealtimeError? error)
    {
        error = null;
        if (!content.TryText(1, out var name) || name.Length == 0
            || !content.TryText(2, out var detail)
            || !content.TryDuration(4, out var duration))
        {
            return false;
        }

        TimeSpan? retryAfter = content.OptionalNumber(4) is null ? null : duration;
        error = new RealtimeError(WireNames.ErrorCodeOf(name, content.Flag(3)), detail, retryAfter);
        return true;
    }
}
