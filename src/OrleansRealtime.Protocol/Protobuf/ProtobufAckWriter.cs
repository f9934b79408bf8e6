using System.Diagnostics;

namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>Writes what an <c>ack</c> brings. All fields descend, because the writer goes backwards.</summary>
internal static class ProtobufAckWriter
{
    public static void Write(ref ProtobufWriter writer, AckPayload? payload)
    {
        var before = writer.Length;
        switch (payload)
        {
            case null:
                break;
            case RefreshedAck refreshed:
                writer.WriteExpiring(1, refreshed.Expires);
                break;
            case SubscribedAck subscribed:
                WriteSubscribed(ref writer, subscribed);
                writer.EndMessage(2, before);
                break;
            case PublishedAck published:
                WritePublished(ref writer, published);
                writer.EndMessage(3, before);
                break;
            case HistoryAck history:
                WriteHistory(ref writer, history);
                writer.EndMessage(4, before);
                break;
            case PresenceAck presence:
                WritePresence(ref writer, presence);
                writer.EndMessage(5, before);
                break;
            case CallAck call:
                writer.WriteData(6, call.Data);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void WriteSubscribed(ref ProtobufWriter writer, SubscribedAck ack)
    {
        var before = writer.Length;
        writer.WriteNumber(6, (int)ack.Guarantee.SlowReader);
        writer.WriteFlag(5, ack.Guarantee.Compact);
        writer.WriteNumber(4, (long)ack.Guarantee.ReplayAge.TotalMilliseconds);
        writer.WriteNumber(3, ack.Guarantee.ReplayBytes);
        writer.WriteNumber(2, ack.Guarantee.ReplayCount);
        writer.WriteNumber(1, (int)ack.Guarantee.Durability);
        writer.EndMessage(5, before);
        writer.WriteFlag(4, ack.Snapshot);
        writer.WriteNumber(3, ack.Missed);
        writer.WriteFlag(2, ack.Recovered);
        writer.WritePosition(1, ack.Position);
    }

    private static void WritePublished(ref ProtobufWriter writer, PublishedAck ack)
    {
        if (ack.Data is { } data)
        {
            writer.WriteData(3, data);
        }

        writer.WriteFlag(2, ack.Duplicate);
        writer.WritePosition(1, ack.Position);
    }

    private static void WriteHistory(ref ProtobufWriter writer, HistoryAck ack)
    {
        writer.WriteFlag(3, ack.More);
        writer.WritePosition(2, ack.Position);
        for (var index = ack.Publications.Count - 1; index >= 0; index--)
        {
            writer.WritePublication(1, ack.Publications[index]);
        }
    }

    private static void WritePresence(ref ProtobufWriter writer, PresenceAck ack)
    {
        writer.WriteFlag(3, ack.Truncated);
        writer.WriteNumber(2, ack.Count);
        for (var index = ack.Members.Count - 1; index >= 0; index--)
        {
            writer.WriteMember(1, ack.Members[index]);
        }
    }
}
