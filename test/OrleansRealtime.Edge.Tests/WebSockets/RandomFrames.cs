using System.Text;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.WebSockets;

/// <summary>Frames of a client that mostly, but not always, keeps the rules.</summary>
internal static class RandomFrames
{
    /// <summary>A message, whole or in parts, or a control frame; sometimes with something wrong about it.</summary>
    public static IEnumerable<ClientFrame> Next(Random random, int opcode, bool isCompressed) =>
        random.Next(12) switch
        {
            0 => [Spoil(random, ClientFrame.Ping(Bytes(random, 130)))],
            1 => [Spoil(random, ClientFrame.Pong(Bytes(random, 20)))],
            2 when random.Next(3) == 0 => [Spoil(random, Close(random))],
            3 => [Spoil(random, new ClientFrame(random.Next(16), Bytes(random, 20)) { IsFinal = random.Next(2) == 0 })],
            _ => Message(random, random.Next(30) == 0 ? 3 - opcode : opcode, isCompressed),
        };

    private static IEnumerable<ClientFrame> Message(Random random, int opcode, bool isCompressed)
    {
        var payload = Payload(random);
        var isThisCompressed = isCompressed ? random.Next(3) > 0 : random.Next(60) == 0;
        if (isThisCompressed)
        {
            payload = random.Next(10) switch
            {
                0 => payload,
                1 => [.. ClientFrame.Deflate(payload, isFinal: true)[..^1], .. ClientFrame.Deflate(Payload(random))],
                2 => ClientFrame.Deflate(payload)[..^1],
                _ => ClientFrame.Deflate(payload, (System.IO.Compression.CompressionLevel)random.Next(4), random.Next(3) == 0),
            };
        }

        var cuts = Enumerable.Range(0, random.Next(2) * random.Next(6)).Select(_ => random.Next(payload.Length + 1))
            .Append(0).Append(payload.Length).Order().ToArray();
        var parts = cuts.Zip(cuts.Skip(1), (start, end) => payload[start..end]).ToArray();
        var bits = isThisCompressed ? ClientFrame.CompressedBit : 0;
        foreach (var frame in ClientFrame.Fragments(opcode, parts))
        {
            yield return Spoil(random, frame with { ReservedBits = bits, MaskKey = (uint)random.NextInt64(uint.MaxValue) });
            bits = 0;
            if (!frame.IsFinal && random.Next(4) == 0)
            {
                yield return ClientFrame.Ping(Bytes(random, 3));
            }
        }
    }

    private static ClientFrame Spoil(Random random, ClientFrame frame) =>
        random.Next(150) switch
        {
            0 => frame with { ReservedBits = random.Next(8) },
            1 => frame with { IsFinal = !frame.IsFinal },
            2 => frame with { MaskKey = null },
            3 => frame with { LengthForm = (LengthForm)random.Next(3) },
            4 => frame with { StatedLength = (ulong)random.NextInt64() >> random.Next(64) },
            5 => frame with { Opcode = random.Next(16) },
            _ => frame,
        };

    private static ClientFrame Close(Random random)
    {
        int[] codes = [1000, 1001, 1004, 1005, 1006, 1014, 1015, 2999, 3000, 4999, 5000, random.Next(65_536)];
        return random.Next(5) switch
        {
            0 => ClientFrame.Close(),
            1 => new ClientFrame(8, Bytes(random, 4)),
            _ => ClientFrame.Close(codes[random.Next(codes.Length)], random.Next(5) == 0 ? Bytes(random, 3) : Text(random, 60)),
        };
    }

    private static byte[] Payload(Random random) =>
        random.Next(8) switch
        {
            0 => Bytes(random, 6),
            1 => [.. Text(random, 10), (byte)random.Next(256)],
            2 => Text(random, 3000),
            _ => Text(random, 60),
        };

    private static byte[] Text(Random random, int maxLetters)
    {
        string[] letters = ["a", "b", "µ", "€", "𐍈"];
        return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(maxLetters / 4)).Select(_ => letters[random.Next(letters.Length)])));
    }

    private static byte[] Bytes(Random random, int maxLength)
    {
        var bytes = new byte[random.Next(maxLength)];
        random.NextBytes(bytes);
        return bytes;
    }
}
