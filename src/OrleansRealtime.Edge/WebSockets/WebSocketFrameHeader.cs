using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>The header of a client's frame.</summary>
/// <param name="IsFinal">Whether the frame ends its message.</param>
/// <param name="Opcode">What the frame is.</param>
/// <param name="Length">How long its payload is, in bytes.</param>
/// <param name="MaskKey">The masking key as it lies in memory.</param>
/// <param name="IsCompressed">Whether it begins a compressed message (RSV1; RFC 7692, section 6).</param>
internal readonly record struct WebSocketFrameHeader(
    bool IsFinal, WebSocketOpcode Opcode, long Length, uint MaskKey, bool IsCompressed)
{
    private const int Reserved = 0x70;
    private const int Compressed = 0x40;
    private const int MaxLength = 14;

    /// <summary>Whether this is a ping, pong or close frame.</summary>
    public bool IsControl => ((int)Opcode & 0x8) != 0;

    /// <summary>Reads a header and checks all that it alone can break.</summary>
    /// <param name="input">Advanced past the header when there is a whole and valid one.</param>
    /// <param name="mayBeCompressed">Whether compression was negotiated.</param>
    /// <param name="header">The header, when the result is <see cref="OperationStatus.Done"/>.</param>
    /// <returns>
    /// <see cref="OperationStatus.InvalidData"/> as soon as the bytes so far break a rule, or
    /// <see cref="OperationStatus.NeedMoreData"/>.
    /// </returns>
    public static OperationStatus TryRead(
        ref ReadOnlySequence<byte> input, bool mayBeCompressed, out WebSocketFrameHeader header)
    {
        header = default;
        Span<byte> copied = stackalloc byte[MaxLength];
        var available = (int)Math.Min(MaxLength, input.Length);
        var bytes = copied[..available];
        input.Slice(0, available).CopyTo(bytes);

        if (available >= 1 && !IsFirstByteValid(bytes[0], mayBeCompressed))
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
            MemoryMarshal.Read<uint>(bytes[(2 + lengthBytes)..]),
            (bytes[0] & Compressed) != 0);
        input = input.Slice(headerLength);
        return OperationStatus.Done;
    }

    // Reserved bits are for extensions. The only one that is ever negotiated marks the first frame of a message; control frames
    // and continuations never have it (RFC 7692, section 6.1). A control frame must be final.
    private static bool IsFirstByteValid(byte first, bool mayBeCompressed)
    {
        var opcode = first & 0x0F;
        var isControl = (opcode & 0x08) != 0;
        var isKnown = isControl ? opcode <= (int)WebSocketOpcode.Pong : opcode <= (int)WebSocketOpcode.Binary;
        var isFirstOfMessage = opcode is (int)WebSocketOpcode.Text or (int)WebSocketOpcode.Binary;
        var allowed = mayBeCompressed && isFirstOfMessage ? Compressed : 0;
        return (first & Reserved & ~allowed) == 0 && isKnown && (!isControl || (first & 0x80) != 0);
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
