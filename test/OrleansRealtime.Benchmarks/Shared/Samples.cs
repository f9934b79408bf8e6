using System.Buffers.Binary;
using System.Text;

namespace OrleansRealtime.Benchmarks.Shared;

/// <summary>The bytes and objects that the benchmarks work on.</summary>
internal static class Samples
{
    /// <summary>The channel of all samples.</summary>
    public static ChannelName Channel { get; } = ChannelName.Parse("chat:room-42");

    /// <summary>The sender of all samples.</summary>
    public static Sender Sender { get; } = Sender.FromValue("alice");

    /// <summary>A JSON text of this many bytes.</summary>
    public static string Text(int bytes) => $"\"{new string('x', bytes - 2)}\"";

    /// <summary>A JSON text of about this many bytes that is nothing but escapes.</summary>
    public static string Escapes(int bytes) => $"\"{string.Concat(Enumerable.Repeat("\\u00e4", bytes / 6))}\"";

    /// <summary>Arrays within arrays.</summary>
    public static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    /// <summary>A publish as a client sends it.</summary>
    public static byte[] Publish(string data, string unknown = "") => Encoding.UTF8.GetBytes(
        $$$"""{{{{unknown}}}"type":"publish","id":"17","channel":"{{{Channel}}}","payload":{"mid":"c0ffee-17","data":{{{data}}}}}""");

    /// <summary>A publication.</summary>
    public static Publication Publication(string json, long sequence = 12_345, string? messageId = "c0ffee-17", string? key = null) =>
        new(sequence, DateTimeOffset.UnixEpoch.AddYears(50), Sender, messageId, key, Payload.Json(json));

    /// <summary>A client's text message, masked, in frames of at most <paramref name="fragment"/> bytes.</summary>
    public static byte[] TextFrames(ReadOnlySpan<byte> payload, int fragment = int.MaxValue)
    {
        var frames = new MemoryStream();
        for (var start = 0; start < payload.Length;)
        {
            var length = Math.Min(fragment, payload.Length - start);
            var opcode = (start == 0 ? 0x1 : 0x0) | (start + length == payload.Length ? 0x80 : 0);
            WriteFrame(frames, (byte)opcode, payload.Slice(start, length));
            start += length;
        }

        return frames.ToArray();
    }

    /// <summary>Refuses to measure what does not do what it should.</summary>
    public static void Demand(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Not as it should be: {what}.");
        }
    }

    private static void WriteFrame(MemoryStream frames, byte opcode, ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> mask = [0x37, 0xfa, 0x21, 0x3d];
        frames.WriteByte(opcode);
        if (payload.Length < 126)
        {
            frames.WriteByte((byte)(0x80 | payload.Length));
        }
        else
        {
            var length = new byte[payload.Length <= ushort.MaxValue ? 3 : 9];
            length[0] = (byte)(0x80 | (length.Length == 3 ? 126 : 127));
            if (length.Length == 3)
            {
                BinaryPrimitives.WriteUInt16BigEndian(length.AsSpan(1), (ushort)payload.Length);
            }
            else
            {
                BinaryPrimitives.WriteInt64BigEndian(length.AsSpan(1), payload.Length);
            }

            frames.Write(length);
        }

        frames.Write(mask);
        for (var i = 0; i < payload.Length; i++)
        {
            frames.WriteByte((byte)(payload[i] ^ mask[i % 4]));
        }
    }
}
