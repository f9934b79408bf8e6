using System.Buffers;
using System.Text;

namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>Writes one Protobuf message from its end to its beginning.</summary>
/// <remarks>
/// A nested message stands behind its own length. Written backwards it is complete when its length is needed, so nothing is
/// measured first or moved later. Callers write the fields in descending order; the bytes are then those that every
/// Protobuf library writes.
/// </remarks>
internal ref struct ProtobufWriter : IDisposable
{
    private const int FirstCapacity = 512;
    private const int MaxVarintBytes = 10;

    private byte[] _buffer;
    private int _start;

    public ProtobufWriter()
    {
        _buffer = ArrayPool<byte>.Shared.Rent(FirstCapacity);
        _start = _buffer.Length;
    }

    /// <summary>How many bytes there are; taken before a nested message is written, and given to <see cref="EndMessage"/>.</summary>
    public readonly int Length => _buffer.Length - _start;

    /// <summary>Puts tag and length before the nested message that was written since the length was <paramref name="before"/>.</summary>
    public void EndMessage(int field, int before)
    {
        WriteVarint((ulong)(Length - before));
        WriteTag(field, WireType.Bytes);
    }

    /// <summary>A number, or nothing when it is zero.</summary>
    public void WriteNumber(int field, long number)
    {
        if (number != 0)
        {
            WriteOptional(field, number);
        }
    }

    /// <summary>A number, or nothing when there is none.</summary>
    public void WriteOptional(int field, long? number)
    {
        if (number is { } value)
        {
            WriteVarint((ulong)value);
            WriteTag(field, WireType.Varint);
        }
    }

    /// <summary>True, or nothing.</summary>
    public void WriteFlag(int field, bool flag) => WriteNumber(field, flag ? 1 : 0);

    /// <summary>A text, or nothing when there is none or it is empty.</summary>
    public void WriteText(int field, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            WriteElement(field, text);
        }
    }

    /// <summary>A text that is an element of a list, and therefore written even when it is empty.</summary>
    public void WriteElement(int field, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, Prepend(length));
        WriteVarint((ulong)length);
        WriteTag(field, WireType.Bytes);
    }

    /// <summary>Bytes, even when there are none.</summary>
    public void WriteBytes(int field, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Prepend(bytes.Length));
        WriteVarint((ulong)bytes.Length);
        WriteTag(field, WireType.Bytes);
    }

    /// <summary>Hands the message over.</summary>
    public readonly void CopyTo(IBufferWriter<byte> output) => output.Write(_buffer.AsSpan(_start));

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void WriteTag(int field, WireType wire) => WriteVarint(((ulong)field << 3) | (uint)wire);

    private void WriteVarint(ulong value)
    {
        Span<byte> bytes = stackalloc byte[MaxVarintBytes];
        var length = 0;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[length++] = (byte)value;
        bytes[..length].CopyTo(Prepend(length));
    }

    private Span<byte> Prepend(int length)
    {
        if (_start < length)
        {
            Grow(length);
        }

        _start -= length;
        return _buffer.AsSpan(_start, length);
    }

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(_buffer.Length * 2, Length + length)));
        var start = larger.Length - Length;
        _buffer.AsSpan(_start).CopyTo(larger.AsSpan(start));
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        _start = start;
    }
}
