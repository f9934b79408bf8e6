using System.Diagnostics;
using System.Text.Json;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Writes what stands in the payload of an <c>ack</c>.</summary>
/// <remarks>Each kind has a field that no other has, and always writes it: a reader tells them apart by it.</remarks>
internal static class JsonAckWriter
{
    public static void WriteFields(Utf8JsonWriter writer, AckPayload payload)
    {
        switch (payload)
        {
            case PublishedAck published:
                writer.WritePosition(published.Position);
                writer.WriteBoolean("duplicate"u8, published.Duplicate);
                if (published.Data is { } answer)
                {
                    writer.WritePayload(JsonNames.Data, answer);
                }

                break;
            case SubscribedAck subscribed:
                WriteSubscribed(writer, subscribed);
                break;
            case HistoryAck history:
                WriteHistory(writer, history);
                break;
            case PresenceAck presence:
                WritePresence(writer, presence);
                break;
            case CallAck call:
                writer.WritePayload(JsonNames.Data, call.Data);
                break;
            case RefreshedAck refreshed:
                writer.WriteExpires(refreshed.Expires);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void WriteSubscribed(Utf8JsonWriter writer, SubscribedAck ack)
    {
        writer.WritePosition(ack.Position);
        writer.WriteBoolean("recovered"u8, ack.Recovered);
        writer.WriteNumber("missed"u8, ack.Missed);
        writer.WriteBoolean("snapshot"u8, ack.Snapshot);
        writer.WriteStartObject("guarantee"u8);
        writer.WriteString("durability"u8, ack.Guarantee.Durability.ToWireName());
        writer.WriteNumber("count"u8, ack.Guarantee.ReplayCount);
        writer.WriteNumber("bytes"u8, ack.Guarantee.ReplayBytes);
        writer.WriteNumber("ageMs"u8, (long)ack.Guarantee.ReplayAge.TotalMilliseconds);
        writer.WriteBoolean("compact"u8, ack.Guarantee.Compact);
        writer.WriteString("slowReader"u8, ack.Guarantee.SlowReader.ToWireName());
        writer.WriteEndObject();
    }

    private static void WriteHistory(Utf8JsonWriter writer, HistoryAck ack)
    {
        writer.WriteStartArray("publications"u8);
        foreach (var publication in ack.Publications)
        {
            writer.WriteStartObject();
            writer.WritePublication(publication);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WritePosition(ack.Position);
        writer.WriteBoolean("more"u8, ack.More);
    }

    private static void WritePresence(Utf8JsonWriter writer, PresenceAck ack)
    {
        writer.WriteStartArray("members"u8);
        foreach (var member in ack.Members)
        {
            writer.WriteStartObject();
            writer.WriteMember(member);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("count"u8, ack.Count);
        writer.WriteBoolean("truncated"u8, ack.Truncated);
    }
}
