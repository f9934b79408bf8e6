using System.Buffers.Binary;

namespace OrleansRealtime.LoadTest.Wire;

/// <summary>Frames of a WebSocket client. The mask is zero, which the protocol allows and costs nobody anything.</summary>
internal static class ClientFrame
{
    /// <summary>A whole message in one frame.</summary>
    public static byte[] Of(ReadOnlySpan<byte> payload, bool isBinary, byte opcode = 0)
    {
        var lengthBytes = payload.Length < 126 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8;
        var frame = new byte[2 + lengthBytes + 4 + payload.Length];
        frame[0] = (byte)(0x80 | (opcode != 0 ? opcode : isBinary ? 2 : 1));
        frame[1] = (byte)(0x80 | (lengthBytes == 0 ? payload.Length : lengthBytes == 2 ? 126 : 127));
        if (lengthBytes == 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        }
        else if (lengthBytes == 8)
        {
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), payload.Length);
        }

        payload.CopyTo(frame.AsSpan(2 + lengthBytes + 4));
        return frame;
    }
}
