using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Reads what a client says when it closes (RFC 6455, sections 5.5.1 and 7.4).</summary>
internal static class WebSocketClosePayload
{
    /// <summary>Reads the payload of a close frame.</summary>
    /// <param name="payload">At most 125 bytes, unmasked.</param>
    /// <param name="reason">What the client said; 1000 when it said nothing.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static bool TryRead(
        in ReadOnlySequence<byte> payload,
        [NotNullWhen(true)] out CloseReason? reason,
        [NotNullWhen(false)] out CloseReason? fault)
    {
        reason = null;
        fault = null;
        if (payload.IsEmpty)
        {
            reason = CloseReason.Normal;
            return true;
        }

        Span<byte> copied = stackalloc byte[WebSocketFrameWriter.MaxControlPayloadLength];
        payload.CopyTo(copied);
        var bytes = copied[..(int)payload.Length];
        if (bytes.Length < 2 || !MaySend(BinaryPrimitives.ReadUInt16BigEndian(bytes)))
        {
            fault = CloseReason.ProtocolError;
            return false;
        }

        if (!Utf8.IsValid(bytes[2..]))
        {
            fault = CloseReason.NotUtf8;
            return false;
        }

        reason = new CloseReason(BinaryPrimitives.ReadUInt16BigEndian(bytes), Encoding.UTF8.GetString(bytes[2..]));
        return true;
    }

    // 1004 to 1006 and 1015 must never be in a frame; the rest below 3000 belongs to the IANA registry, which ends at 1014.
    private static bool MaySend(int code) =>
        code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
