namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>Writes the messages that several others hold. All fields descend, because the writer goes backwards.</summary>
internal static class ProtobufParts
{
    public static void WritePosition(this ref ProtobufWriter writer, int field, Position position)
    {
        var before = writer.Length;
        writer.WriteNumber(2, position.Sequence);
        writer.WriteText(1, position.Epoch.Value);
        writer.EndMessage(field, before);
    }

    public static void WriteData(this ref ProtobufWriter writer, int field, Payload payload)
    {
        var before = writer.Length;
        WriteContent(ref writer, payload);
        writer.EndMessage(field, before);
    }

    private static void WriteContent(ref ProtobufWriter writer, Payload payload) => writer.WriteBytes(
        payload.Kind == PayloadKind.Json ? ProtobufNumbers.Json : ProtobufNumbers.Binary, payload.Bytes.Span);

    public static void WritePublication(this ref ProtobufWriter writer, int field, Publication publication)
    {
        var before = writer.Length;
        writer.WriteData(6, publication.Payload);
        writer.WriteText(5, publication.Key);
        writer.WriteText(4, publication.MessageId);
        writer.WriteText(3, publication.From.Value);
        writer.WriteNumber(2, publication.Time.ToUnixTimeMilliseconds());
        writer.WriteNumber(1, publication.Sequence);
        writer.EndMessage(field, before);
    }

    public static void WriteMember(this ref ProtobufWriter writer, int field, Member member)
    {
        var before = writer.Length;
        if (member.Info.Length > 0)
        {
            writer.WriteData(2, member.Info);
        }

        writer.WriteText(1, member.User.Value);
        writer.EndMessage(field, before);
    }

    public static void WriteError(this ref ProtobufWriter writer, int field, RealtimeError error)
    {
        var before = writer.Length;
        writer.WriteOptional(4, error.RetryAfter is { } wait ? WireTime.RoundUp(wait) : null);
        writer.WriteFlag(3, error.IsRetryable);
        writer.WriteText(2, error.Detail);
        writer.WriteText(1, error.Code.ToWireName());
        writer.EndMessage(field, before);
    }

    public static void WriteExpiring(this ref ProtobufWriter writer, int field, DateTimeOffset? expires)
    {
        var before = writer.Length;
        writer.WriteOptional(1, expires?.ToUnixTimeMilliseconds());
        writer.EndMessage(field, before);
    }

    public static long? Milliseconds(TimeSpan? duration) => (long?)duration?.TotalMilliseconds;
}
