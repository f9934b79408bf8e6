using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>Reads what an <c>ack</c> brings. Never throws.</summary>
internal static class ProtobufAckReader
{
    private const int FirstKind = 1;
    private const int LastKind = 6;

    /// <returns>False when it is broken; a kind that is unknown here counts as nothing.</returns>
    public static bool TryRead(ProtobufFields ack, out AckPayload? payload)
    {
        payload = null;
        var kind = ack.LastOf(FirstKind, LastKind);
        if (kind == 0)
        {
            return true;
        }

        if (!ack.TryMessage(kind, out var content))
        {
            return false;
        }

        payload = kind switch
        {
            1 => content.TryOptionalTime(1, out var expires) ? new RefreshedAck(expires) : null,
            2 => ReadSubscribed(content),
            3 => content.TryPosition(1, out var position) && content.TryOptionalData(3, out var answer)
                ? new PublishedAck(position, content.Flag(2), answer)
                : null,
            4 => ReadHistory(content),
            5 => ReadPresence(content),
            _ => ack.TryData(kind, out var data) ? new CallAck(data) : null,
        };
        return payload is not null;
    }

    private static SubscribedAck? ReadSubscribed(ProtobufFields content) =>
        content.TryPosition(1, out var position)
        && content.TryMessage(5, out var promised)
        && TryReadGuarantee(promised, out var guarantee)
            ? new SubscribedAck(position, content.Flag(2), content.Number(3), content.Flag(4), guarantee)
            : null;

    private static bool TryReadGuarantee(ProtobufFields fields, [NotNullWhen(true)] out ChannelGuarantee? guarantee)
    {
        guarantee = null;
        var durability = (Durability)fields.Number(1);
        var slowReader = (SlowReaderPolicy)fields.Number(6);
        if (!Enum.IsDefined(durability)
            || !fields.TryCount(2, out var count)
            || !fields.TryDuration(4, out var age)
            || !Enum.IsDefined(slowReader))
        {
            return false;
        }

        guarantee = new ChannelGuarantee(durability, count, fields.Number(3), age, fields.Flag(5), slowReader);
        return true;
    }

    private static HistoryAck? ReadHistory(ProtobufFields content)
    {
        var publications = new List<Publication>();
        var reader = content.Walk();
        while (reader.TryNext())
        {
            if (reader is { Field: 1, Wire: WireType.Bytes })
            {
                if (!ProtobufFields.TryRead(reader.Bytes, out var fields) || !fields.TryPublication(out var publication))
                {
                    return null;
                }

                publications.Add(publication);
            }
        }

        return content.TryPosition(2, out var position) ? new HistoryAck(publications, position, content.Flag(3)) : null;
    }

    private static PresenceAck? ReadPresence(ProtobufFields content)
    {
        var members = new List<Member>();
        var reader = content.Walk();
        while (reader.TryNext())
        {
            if (reader is { Field: 1, Wire: WireType.Bytes })
            {
                if (!ProtobufFields.TryRead(reader.Bytes, out var fields) || !fields.TryMember(out var member))
                {
                    return null;
                }

                members.Add(member);
            }
        }

        return content.TryCount(2, out var count) ? new PresenceAck(members, count, content.Flag(3)) : null;
    }
}
