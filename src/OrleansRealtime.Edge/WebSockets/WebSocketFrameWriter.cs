using System.Buffers.Binary;
using System.Diagnostics;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Writes the frames of a server: final, unmasked, with the shortest length encoding (RFC 6455, section 5.2).</summary>
internal static class WebSocketFrameWriter
{
    /// <summary>The length of the longest header, in bytes: 2 and a 64-bit length.</summary>
    public const int MaxHeaderLength = 10;

    /// <summary>The longest payload of a ping, pong or close frame, in bytes (RFC 6455, section 5.5).</summary>
    public const int MaxControlPayloadLength = 125;

    /// <summary>The length of the longest ping, pong or close frame, header included, in bytes.</summary>
    public const int MaxControlFrameLength = 2 + MaxControlPayloadLength;

    private const int Final = 0x80;

    // RSV1 of the first frame of a compressed message (RFC 7692, section 7.2.3).
    private const int Compressed = 0x40;

    /// <summary>The length in bytes of the header before a payload of <paramref name="payloadLength"/> bytes.</summary>
    public static int HeaderLength(long payloadLength) =>
        payloadLength switch
        {
            <= 125 => 2,
            <= ushort.MaxValue => 4,
            _ => MaxHeaderLength,
        };

    /// <summary>Writes the header of an unfragmented frame; the payload must follow.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="opcode">What the frame is.</param>
    /// <param name="payloadLength">How many bytes follow.</param>
    /// <param name="isCompressed">Whether they are compressed.</param>
    /// <returns>How many bytes were written.</returns>
    public static int WriteHeader(
        Span<byte> destination, WebSocketOpcode opcode, long payloadLength, bool isCompressed = false)
    {
        Debug.Assert(payloadLength >= 0);
        destination[0] = (byte)(Final | (isCompressed ? Compressed : 0) | (int)opcode);
        var length = HeaderLength(payloadLength);
        switch (length)
        {
            case 2:
                destination[1] = (byte)payloadLength;
                break;
            case 4:
                destination[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
                break;
            default:
                destination[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(destination[2..], payloadLength);
                break;
        }

        return length;
    }

    /// <summary>Writes a whole ping frame.</summary>
    /// <param name="destination">At least <see cref="MaxControlFrameLength"/> bytes.</param>
    /// <param name="payload">At most <see cref="MaxControlPayloadLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int WritePing(Span<byte> destination, ReadOnlySpan<byte> payload) =>
        WriteControl(destination, WebSocketOpcode.Ping, payload);

    /// <summary>Writes a whole pong frame.</summary>
    /// <param name="destination">At least <see cref="MaxControlFrameLength"/> bytes.</param>
    /// <param name="payload">The payload of the ping that it answers.</param>
    /// <returns>How many bytes were written.</returns>
    public static int WritePong(Span<byte> destination, ReadOnlySpan<byte> payload) =>
        WriteControl(destination, WebSocketOpcode.Pong, payload);

    /// <summary>Writes a whole close frame. A word that is too long is cut between two characters.</summary>
    /// <param name="destination">At least <see cref="MaxControlFrameLength"/> bytes.</param>
    /// <param name="reason">The code and the word for people.</param>
    /// <returns>How many bytes were written.</returns>
    public static int WriteClose(Span<byte> destination, CloseReason reason)
    {
        Span<byte> payload = stackalloc byte[MaxControlPayloadLength];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)reason.Code);
        var length = 2;
        foreach (var rune in reason.Reason.EnumerateRunes())
        {
            if (!rune.TryEncodeToUtf8(payload[length..], out var written))
            {
                break;
            }

            length += written;
        }

        return WriteControl(destination, WebSocketOpcode.Close, payload[..length]);
    }

    private static int WriteControl(Span<byte> destination, WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        Debug.Assert(payload.Length <= MaxControlPayloadLength);
        var header = WriteHeader(destination, opcode, payload.Length);
        payload.CopyTo(destination[header..]);
        return header + payload.Length;
    }
}
