using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using OrleansRealtime.Protocol.Json;

namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>The fields of one message, as a client looks them up while it reads a frame. Never throws.</summary>
/// <remarks>
/// A field that occurs more than once counts as it did last, as in every Protobuf library. Each look-up walks the message:
/// messages have few fields, and what is long in them is stepped over.
/// </remarks>
internal readonly ref struct ProtobufFields
{
    private readonly ReadOnlySpan<byte> _message;

    private ProtobufFields(ReadOnlySpan<byte> message) => _message = message;

    /// <summary>The fields of a message.</summary>
    /// <returns>False when it is not Protobuf.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out ProtobufFields fields)
    {
        fields = new ProtobufFields(message);
        var reader = new ProtobufReader(message);
        while (reader.TryNext())
        {
        }

        return !reader.IsBroken;
    }

    /// <summary>A walk over all fields, for lists.</summary>
    public ProtobufReader Walk() => new(_message);

    /// <summary>The number of the last field that holds bytes and stands in a range: the one that a <c>oneof</c> settled on.</summary>
    public int LastOf(int first, int last)
    {
        var found = 0;
        var reader = Walk();
        while (reader.TryNext())
        {
            found = reader.Wire == WireType.Bytes && reader.Field >= first && reader.Field <= last ? reader.Field : found;
        }

        return found;
    }

    public long? OptionalNumber(int field)
    {
        long? number = null;
        var reader = Walk();
        while (reader.TryNext())
        {
            number = reader.Wire == WireType.Varint && reader.Field == field ? unchecked((long)reader.Number) : number;
        }

        return number;
    }

    public long Number(int field) => OptionalNumber(field) ?? 0;

    public bool Flag(int field) => Number(field) != 0;

    public bool TryCount(int field, out int count)
    {
        var number = Number(field);
        count = number is >= 0 and <= int.MaxValue ? (int)number : -1;
        return count >= 0;
    }

    /// <summary>A text; an absent one is empty. False when it is not UTF-8.</summary>
    public bool TryText(int field, out string text)
    {
        var bytes = Bytes(field, out _);
        var isText = Utf8.IsValid(bytes);
        text = isText ? Encoding.UTF8.GetString(bytes) : string.Empty;
        return isText;
    }

    /// <summary>A text; an absent or empty one is null. False when it is not UTF-8.</summary>
    public bool TryOptionalText(int field, out string? text)
    {
        var isText = TryText(field, out var value);
        text = value.Length == 0 ? null : value;
        return isText;
    }

    /// <summary>A message; an absent one is empty. False when it is broken.</summary>
    public bool TryMessage(int field, out ProtobufFields message) => TryRead(Bytes(field, out _), out message);

    public bool TryTime(int field, out DateTimeOffset time)
    {
        var milliseconds = Number(field);
        var isTime = WireTime.IsTime(milliseconds);
        time = isTime ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : default;
        return isTime;
    }

    /// <summary>A time, or null when it is absent. False when it is out of range.</summary>
    public bool TryOptionalTime(int field, out DateTimeOffset? time)
    {
        time = null;
        if (OptionalNumber(field) is null)
        {
            return true;
        }

        var isTime = TryTime(field, out var value);
        time = value;
        return isTime;
    }

    public bool TryDuration(int field, out TimeSpan duration)
    {
        var milliseconds = Number(field);
        var isDuration = WireTime.IsDuration(milliseconds);
        duration = isDuration ? TimeSpan.FromMilliseconds(milliseconds) : default;
        return isDuration;
    }

    public bool TryPosition(int field, out Position position)
    {
        position = default;
        if (!TryMessage(field, out var message) || !message.TryText(1, out var epoch))
        {
            return false;
        }

        position = new Position(new Epoch(epoch), message.Number(2));
        return true;
    }

    /// <summary>Data, or null when it is absent. False when it is broken.</summary>
    public bool TryOptionalData(int field, out Payload? data)
    {
        data = null;
        _ = Bytes(field, out var isPresent);
        return !isPresent || (TryMessage(field, out var message) && message.TryContent(out data));
    }

    /// <summary>Data. False when it is absent or broken.</summary>
    public bool TryData(int field, out Payload data)
    {
        var isData = TryOptionalData(field, out var optional) && optional is not null;
        data = optional ?? default;
        return isData;
    }

    /// <summary>The member that this message is.</summary>
    public bool TryMember([NotNullWhen(true)] out Member? member)
    {
        member = null;
        if (!TryText(1, out var user) || !UserId.TryParse(user, out var id) || !TryOptionalData(2, out var info))
        {
            return false;
        }

        member = new Member(id, info ?? default);
        return true;
    }

    /// <summary>The publication that this message is.</summary>
    public bool TryPublication([NotNullWhen(true)] out Publication? publication)
    {
        publication = null;
        if (!TryTime(2, out var time)
            || !TryText(3, out var from)
            || !TryOptionalText(4, out var messageId)
            || !TryOptionalText(5, out var key)
            || !TryData(6, out var payload))
        {
            return false;
        }

        publication = new Publication(Number(1), time, Sender.FromValue(from), messageId, key, payload);
        return true;
    }

    private bool TryContent(out Payload? data)
    {
        data = null;
        switch (LastOf(ProtobufNumbers.Json, ProtobufNumbers.Binary))
        {
            case ProtobufNumbers.Binary:
                data = Payload.Binary(Bytes(ProtobufNumbers.Binary, out _).ToArray());
                return true;
            case ProtobufNumbers.Json when JsonData.TryTake(Bytes(ProtobufNumbers.Json, out _), out var json):
                data = Payload.Json(json.ToArray());
                return true;
            default:
                return false;
        }
    }

    private ReadOnlySpan<byte> Bytes(int field, out bool isPresent)
    {
        isPresent = false;
        ReadOnlySpan<byte> bytes = default;
        var reader = Walk();
        while (reader.TryNext())
        {
            if (reader.Field == field && reader.Wire == WireType.Bytes)
            {
                isPresent = true;
                bytes = reader.Bytes;
            }
        }

        return bytes;
    }
}
