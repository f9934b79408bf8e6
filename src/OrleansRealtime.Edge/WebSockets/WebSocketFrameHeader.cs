using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>The header of a client's frame.</summary>
/// <param name="IsFinal">Whether the frame ends its message.</param>
/// <param name="Opcode">What the frame is.</param>
/// <param name="Length">How long its payload is, in bytes.</param>
/// <param name="MaskKey">The masking key as it lies in memory.</param>
internal readonly record struct WebSocketFrameHeader(bool IsFinal, WebSocketOpcode Opcode, long Length, uint MaskKey)
{
    private const int MaxLength = 14;

    /// <summary>Whether this is a ping, pong or close frame.</summary>
    public bool IsControl => ((int)Opcode & 0x8) != 0;

    /// <summary>Reads a header and checks all that it alone can break.</summary>
    /// <param name="input">Advanced past the header when there is a whole and valid one.</param>
    /// <param name="header">The header, when the result is <see cref="OperationStatus.Done"/>.</param>
    /// <returns>
    /// <see cref="OperationStatus.InvalidData"/> as soon as the bytes so far break a rule, or
    /// <see cref="OperationStatus.NeedMoreData"/>.
    /// </returns>
    public static OperationStatus TryRead(ref ReadOnlySequence<byte> input, out WebSocketFrameHeader header)
    {
        header = default;
        Span<byte> copied = stackalloc byte[MaxLength];
        var available = (int)Math.Min(MaxLength, input.Length);
        var bytes = copied[..available];
        input.Slice(0, available).CopyTo(bytes);

        if (available >= 1 && !IsFirstByteValid(bytes[0]))
        {
            return OperationStatus.InvalidData;
        }

        if (available < 2)
        {
            return OperationStatus.NeedMoreData;
        }

        var isMasked = (bytes[1] & 0x80) != 0;
        var shortLength = bytes[1] & 0x7F;
        var isControl = (bytes[0] & 0x08) != 0;
        if (!isMasked || (isControl && shortLength > WebSocketFrameWriter.MaxControlPayloadLength))
        {
            return OperationStatus.InvalidData;
        }

        var status = TryReadLength(bytes[2..], shortLength, out var length, out var lengthBytes);
        if (status != OperationStatus.Done)
        {
            return status;
        }

        var headerLength = 2 + lengthBytes + sizeof(uint);
        if (available < headerLength)
        {
            return OperationStatus.NeedMoreData;
        }

        header = new WebSocketFrameHeader(
            (bytes[0] & 0x80) != 0,
            (WebSocketOpcode)(bytes[0] & 0x0F),
            length,
            MemoryMarshal.Read<uint>(bytes[(2 + lengthBytes)..]));
        input = input.Slice(headerLength);
        return OperationStatus.Done;
    }

    // Reserved bits are for extensions, and none is ever negotiated. A control frame must be final.
    private static bool IsFirstByteValid(byte first)
    {
        var opcode = first & 0x0F;
        var isControl = (opcode & 0x08) != 0;
        var isKnown = isControl ? opcode <= (int)WebSocketOpcode.Pong : opcode <= (int)WebSocketOpcode.Binary;
        return (first & 0x70) == 0 && isKnown && (!isControl || (first & 0x80) != 0);
    }

    private static OperationStatus TryReadLength(
        ReadOnlySpan<byte> bytes, int shortLength, out long length, out int lengthBytes)
    {
        length = shortLength;
        lengthBytes = shortLength switch { 126 => sizeof(ushort), 127 => sizeof(long), _ => 0 };
        if (bytes.Length < lengthBytes)
        {
            return OperationStatus.NeedMoreData;
        }

        switch (lengthBytes)
        {
            case sizeof(ushort):
                length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
                return length > 125 ? OperationStatus.Done : OperationStatus.InvalidData;
            case sizeof(long):
                // A set sign bit reads as a negative number and fails the same comparison.
                length = BinaryPrimitives.ReadInt64BigEndian(bytes);
                return length > ushort.MaxValue ? OperationStatus.Done : OperationStatus.InvalidData;
            default:
                return OperationStatus.Done;
        }
    }
}
