using System.Buffers;
using System.Diagnostics;

namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>Writes frames as Protobuf. All fields descend, because the writer goes backwards.</summary>
internal static class ProtobufFrameWriter
{
    public static void Write(ServerFrame frame, IBufferWriter<byte> output)
    {
        var writer = new ProtobufWriter();
        try
        {
            WriteType(ref writer, frame);
            WriteEnvelope(ref writer, frame);
            writer.CopyTo(output);
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static void WriteType(ref ProtobufWriter writer, ServerFrame frame)
    {
        switch (frame)
        {
            case PublicationFrame publication:
                writer.WritePublication(6, publication.Publication);
                break;
            case JoinFrame join:
                writer.WriteMember(8, join.Member);
                break;
            case LeaveFrame leave:
                writer.WriteMember(9, leave.Member);
                break;
            case ResetFrame reset:
                writer.WritePosition(11, reset.Position);
                break;
            case UnsubscribedFrame unsubscribed:
                writer.WriteError(12, unsubscribed.Error);
                break;
            case ExpiringFrame expiring:
                writer.WriteExpiring(13, expiring.Expires);
                break;
            case ErrorFrame error:
                writer.WriteError(15, error.Error);
                break;
            default:
                WriteNested(ref writer, frame);
                break;
        }
    }

    private static void WriteNested(ref ProtobufWriter writer, ServerFrame frame)
    {
        var before = writer.Length;
        switch (frame)
        {
            case AuthAckFrame ack:
                WriteAuthAck(ref writer, ack);
                writer.EndMessage(4, before);
                break;
            case AckFrame ack:
                ProtobufAckWriter.Write(ref writer, ack.Payload);
                writer.EndMessage(5, before);
                break;
            case SignalFrame signal:
                writer.WriteData(3, signal.Payload);
                writer.WriteText(2, signal.Key);
                writer.WriteText(1, signal.From.Value);
                writer.EndMessage(7, before);
                break;
            case GapFrame gap:
                writer.WriteText(3, gap.Reason);
                writer.WriteNumber(2, gap.To);
                writer.WriteNumber(1, gap.From);
                writer.EndMessage(10, before);
                break;
            case ReconnectFrame reconnect:
                writer.WriteText(2, reconnect.Reason);
                writer.WriteNumber(1, WireTime.RoundUp(reconnect.After));
                writer.EndMessage(14, before);
                break;
            case PongFrame:
                writer.EndMessage(16, before);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void WriteAuthAck(ref ProtobufWriter writer, AuthAckFrame ack)
    {
        var before = writer.Length;
        writer.WriteNumber(2, ack.Limits.Subscriptions);
        writer.WriteNumber(1, ack.Limits.MessageBytes);
        writer.EndMessage(8, before);
        writer.WriteOptional(7, ack.Expires?.ToUnixTimeMilliseconds());
        writer.WriteNumber(6, (long)ack.Heartbeat.TotalMilliseconds);
        writer.WriteText(5, ack.Node.Value);
        writer.WriteFlag(4, ack.Resumed);
        writer.WriteText(3, ack.Session.Value);
        writer.WriteText(2, ack.User.Value);
        writer.WriteNumber(1, ack.Version);
    }

    private static void WriteEnvelope(ref ProtobufWriter writer, ServerFrame frame)
    {
        var (id, channel, time) = frame switch
        {
            AuthAckFrame f => (f.Id, default(ChannelName?), (DateTimeOffset?)f.Time),
            AckFrame f => (f.Id, f.Channel, null),
            ErrorFrame f => (f.Id, f.Channel, null),
            PongFrame f => (f.Id, null, f.Time),
            PublicationFrame f => (default, f.Channel, null),
            SignalFrame f => (default, f.Channel, null),
            JoinFrame f => (default, f.Channel, null),
            LeaveFrame f => (default, f.Channel, null),
            GapFrame f => (default, f.Channel, null),
            ResetFrame f => (default, f.Channel, null),
            UnsubscribedFrame f => (default, f.Channel, null),
            _ => (default(CommandId), null, null),
        };
        writer.WriteNumber(ProtobufNumbers.Time, time?.ToUnixTimeMilliseconds() ?? 0);
        writer.WriteText(ProtobufNumbers.Channel, channel?.Value);
        writer.WriteText(ProtobufNumbers.Id, id.Text);
    }
}
