using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace OrleansRealtime.Protocol.Json;

/// <summary>Reads the payload of an <c>ack</c>, whose kind shows in the field that no other kind has.</summary>
internal static class JsonAckReader
{
    public static bool TryRead(JsonElement fields, [NotNullWhen(true)] out AckPayload? payload)
    {
        payload = fields switch
        {
            _ when fields.TryFlag("duplicate", out var duplicate) => ReadPublished(fields, duplicate),
            _ when fields.TryFlag("recovered", out var recovered) => ReadSubscribed(fields, recovered),
            _ when fields.TryList("publications", out var publications) => ReadHistory(fields, publications),
            _ when fields.TryList("members", out var members) => ReadPresence(fields, members),
            _ when fields.TryPayload("data", out var data) => new CallAck(data),
            _ when fields.TryExpires(out var expires) => new RefreshedAck(expires),
            _ => null,
        };
        return payload is not null;
    }

    private static PublishedAck? ReadPublished(JsonElement fields, bool duplicate) =>
        fields.TryPosition(out var position)
            ? new PublishedAck(position, duplicate, fields.TryPayload("data", out var data) ? data : null)
            : null;

    private static SubscribedAck? ReadSubscribed(JsonElement fields, bool recovered) =>
        fields.TryPosition(out var position)
        && fields.TryNumber("missed", out var missed)
        && fields.TryFlag("snapshot", out var snapshot)
        && fields.TryObject("guarantee", out var promised)
        && TryReadGuarantee(promised, out var guarantee)
            ? new SubscribedAck(position, recovered, missed, snapshot, guarantee)
            : null;

    private static bool TryReadGuarantee(JsonElement fields, [NotNullWhen(true)] out ChannelGuarantee? guarantee)
    {
        guarantee = null;
        if (!WireNames.TryParse(fields.Text("durability"), out Durability durability)
            || !fields.TryCount("count", out var count)
            || !fields.TryNumber("bytes", out var bytes)
            || !fields.TryDuration("ageMs", out var age)
            || !fields.TryFlag("compact", out var compact)
            || !WireNames.TryParse(fields.Text("slowReader"), out SlowReaderPolicy slowReader))
        {
            return false;
        }

        guarantee = new ChannelGuarantee(durability, count, bytes, age, compact, slowReader);
        return true;
    }

    private static HistoryAck? ReadHistory(JsonElement fields, JsonElement list)
    {
        var publications = new List<Publication>(list.GetArrayLength());
        foreach (var element in list.EnumerateArray())
        {
            if (!JsonPublicationReader.TryRead(element, out var publication))
            {
                return null;
            }

            publications.Add(publication);
        }

        return fields.TryPosition(out var position) && fields.TryFlag("more", out var more)
            ? new HistoryAck(publications, position, more)
            : null;
    }

    private static PresenceAck? ReadPresence(JsonElement fields, JsonElement list)
    {
        var members = new List<Member>(list.GetArrayLength());
        foreach (var element in list.EnumerateArray())
        {
            if (!JsonPublicationReader.TryReadMember(element, out var member))
            {
                return null;
            }

            members.Add(member);
        }

        return fields.TryCount("count", out var count) && fields.TryFlag("truncated", out var truncated)
            ? new PresenceAck(members, count, truncated)
            : null;
    }
}
