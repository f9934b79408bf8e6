using System.Text;
using System.Text.Unicode;

namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>Walks over the fields of one Protobuf message. Never throws and never reads outside the message.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int MaxVarintBytes = 10;

    // Groups are of the past and only ever skipped; what nests deeper is no honest message.
    private const int MaxGroupDepth = CommandLimits.MaxDepth;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The number of the field under the reader.</summary>
    public int Field { get; private set; }

    /// <summary>How its value is laid out.</summary>
    public WireType Wire { get; private set; }

    /// <summary>Its value, when it is a <see cref="WireType.Varint"/>.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value, when it is <see cref="WireType.Bytes"/>.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Whether the message turned out not to be Protobuf.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the end, and where the message is broken.</returns>
    public bool TryNext()
    {
        if (_rest.IsEmpty || IsBroken)
        {
            return false;
        }

        IsBroken = !TryReadTag() || Wire == WireType.EndGroup || !TryReadValue(depth: 0);
        return !IsBroken;
    }

    /// <summary>The text under the reader.</summary>
    /// <returns>Null when it is not UTF-8; the message is broken then.</returns>
    public string? Text()
    {
        if (Utf8.IsValid(Bytes))
        {
            return Encoding.UTF8.GetString(Bytes);
        }

        IsBroken = true;
        return null;
    }

    /// <summary>Marks the message as broken because one inside it is.</summary>
    public void Break() => IsBroken = true;

    private bool TryReadTag()
    {
        if (!TryReadVarint(out var tag) || tag > uint.MaxValue || tag >> 3 == 0)
        {
            return false;
        }

        Field = (int)(tag >> 3);
        Wire = (WireType)(tag & 7);
        return true;
    }

    private bool TryReadValue(int depth)
    {
        switch (Wire)
        {
            case WireType.Varint:
                var isVarint = TryReadVarint(out var number);
                Number = number;
                return isVarint;
            case WireType.Bytes:
                if (!TryReadVarint(out var length) || length > (ulong)_rest.Length)
                {
                    return false;
                }

                Bytes = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            case WireType.Fixed64:
                return TrySkip(sizeof(ulong));
            case WireType.Fixed32:
                return TrySkip(sizeof(uint));
            case WireType.StartGroup:
                return TrySkipGroup(depth);
            default:
                return false;
        }
    }

    private bool TrySkipGroup(int depth)
    {
        var group = Field;
        while (depth < MaxGroupDepth && TryReadTag())
        {
            if (Wire == WireType.EndGroup)
            {
                var isOurs = Field == group;
                Wire = WireType.StartGroup;
                return isOurs;
            }

            if (!TryReadValue(depth + 1))
            {
                return false;
            }
        }

        return false;
    }

    private bool TrySkip(int length)
    {
        if (_rest.Length < length)
        {
            return false;
        }

        _rest = _rest[length..];
        return true;
    }

    private bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var index = 0; index < MaxVarintBytes && index < _rest.Length; index++)
        {
            var part = _rest[index];
            value |= (ulong)(part & 0x7f) << (7 * index);
            if (part < 0x80)
            {
                _rest = _rest[(index + 1)..];
                return true;
            }
        }

        return false;
    }
}
