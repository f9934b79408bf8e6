using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace OrleansRealtime.Testing.Wire;

/// <summary>How a frame states its length.</summary>
public enum LengthForm
{
    /// <summary>In as few bytes as possible, as RFC 6455 demands.</summary>
    Shortest,

    /// <summary>In two bytes after the 126.</summary>
    Bits16,

    /// <summary>In eight bytes after the 127.</summary>
    Bits64,
}

/// <summary>A WebSocket frame as a client sends it, well formed unless a test says otherwise. Immutable.</summary>
/// <param name="Opcode">0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong; the rest are reserved.</param>
/// <param name="Payload">The payload, not masked yet.</param>
public sealed record ClientFrame(int Opcode, byte[] Payload)
{
    /// <summary>The FIN bit.</summary>
    public bool IsFinal { get; init; } = true;

    /// <summary>The three reserved bits, as a number from 0 to 7.</summary>
    public int ReservedBits { get; init; }

    /// <summary>The masking key, or null to send without a mask, which a client must not.</summary>
    public uint? MaskKey { get; init; } = 0xA1B2C3D4;

    /// <summary>How the length is written.</summary>
    public LengthForm LengthForm { get; init; }

    /// <summary>The length to state, when it is not to be that of the payload.</summary>
    public ulong? StatedLength { get; init; }

    /// <summary>RSV1: the first frame of a compressed message.</summary>
    public const int CompressedBit = 4;

    public static ClientFrame Text(string text) => new(1, Encoding.UTF8.GetBytes(text));

    public static ClientFrame Text(byte[] bytes) => new(1, bytes);

    public static ClientFrame Binary(byte[] bytes) => new(2, bytes);

    public static ClientFrame Continuation(byte[] bytes) => new(0, bytes);

    public static ClientFrame Continuation(string text) => new(0, Encoding.UTF8.GetBytes(text));

    public static ClientFrame Ping(byte[] bytes) => new(9, bytes);

    public static ClientFrame Pong(byte[] bytes) => new(10, bytes);

    public static ClientFrame Close() => new(8, []);

    public static ClientFrame Close(int code, string reason = "") => Close(code, Encoding.UTF8.GetBytes(reason));

    public static ClientFrame Close(int code, byte[] reason) => new(8, [(byte)(code >> 8), (byte)code, .. reason]);

    /// <summary>The frame of a whole message, compressed.</summary>
    public ClientFrame Compressed() => this with { ReservedBits = CompressedBit, Payload = Deflate(Payload) };

    /// <summary>Compresses as a client does: one flushed block after the other, without the tail of the last.</summary>
    public static byte[] Deflate(byte[] payload, CompressionLevel level = CompressionLevel.Optimal, bool isFinal = false)
    {
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, level, leaveOpen: true))
        {
            deflate.Write(payload);
            if (!isFinal)
            {
                deflate.Flush();
                return payload.Length == 0 ? [0x00] : output.ToArray()[..^4];
            }
        }

        // RFC 7692, section 7.2.3.4: a final block is followed by the beginning of an empty one.
        return [.. output.ToArray(), 0x00];
    }

    /// <summary>A message of several frames.</summary>
    public static IEnumerable<ClientFrame> Fragments(int opcode, params byte[][] parts) =>
        parts.Select((part, index) =>
            new ClientFrame(index == 0 ? opcode : 0, part) { IsFinal = index == parts.Length - 1 });

    /// <summary>The frame as it goes over the wire.</summary>
    public byte[] ToBytes()
    {
        var length = StatedLength ?? (ulong)Payload.Length;
        var header = new List<byte> { (byte)((IsFinal ? 0x80 : 0) | (ReservedBits << 4) | Opcode) };
        var maskBit = MaskKey is null ? 0 : 0x80;
        Span<byte> wide = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(wide, length);
        if (LengthForm == LengthForm.Bits64 || (LengthForm == LengthForm.Shortest && length > ushort.MaxValue))
        {
            header.Add((byte)(maskBit | 127));
            header.AddRange(wide);
        }
        else if (LengthForm == LengthForm.Bits16 || length > 125)
        {
            header.Add((byte)(maskBit | 126));
            header.AddRange(wide[^2..]);
        }
        else
        {
            header.Add((byte)(maskBit | (int)length));
        }

        return [.. header, .. Masked()];
    }

    /// <summary>Several frames, one after the other.</summary>
    public static byte[] ToBytes(IEnumerable<ClientFrame> frames) => [.. frames.SelectMany(static frame => frame.ToBytes())];

    // Byte by byte, so that it shares nothing with the vectorised code that it tests.
    private byte[] Masked()
    {
        if (MaskKey is not { } key)
        {
            return Payload;
        }

        byte[] keyBytes = [(byte)(key >> 24), (byte)(key >> 16), (byte)(key >> 8), (byte)key];
        return [.. keyBytes, .. Payload.Select((value, index) => (byte)(value ^ keyBytes[index % 4]))];
    }
}
