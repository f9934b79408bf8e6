using System.Text;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.WebSockets;

public sealed class WebSocketFuzzTests
{
    [Fact]
    public Task Read_RandomMessagesInRandomChunks_GivesTheMessages() =>
        Seeds.TryAsync(200, static async random =>
        {
            var isBinary = random.Next(2) == 0;
            var frames = new List<ClientFrame>();
            var expected = new List<string>();
            for (var count = random.Next(1, 30); count > 0; count--)
            {
                AddMessage(random, isBinary, frames, expected);
            }

            frames.Add(ClientFrame.Close(4000, "done"));
            expected.Add("Close 4000 done");

            var stream = ChunkedStream.Randomly(ClientFrame.ToBytes(frames), random);
            Assert.Equal(expected, await Transcript.OfAsync(stream, isBinary));
        });

    [Fact]
    public Task Read_RandomBytes_NeverThrowsAndAlwaysEnds() =>
        Seeds.TryAsync(2000, static async random =>
        {
            var bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            await AssertEndsAsync(bytes, random);
        });

    [Fact]
    public Task Read_DamagedFrames_NeverThrowsAndChunkingChangesNothing() =>
        Seeds.TryAsync(2000, static async random =>
        {
            var frames = new List<ClientFrame>();
            for (var count = random.Next(1, 8); count > 0; count--)
            {
                AddMessage(random, isBinary: false, frames, []);
            }

            var bytes = ClientFrame.ToBytes(frames);
            for (var damages = random.Next(1, 4); damages > 0; damages--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            await AssertEndsAsync(bytes, random);
        });

    [Fact]
    public Task Read_ClientsThatKeepFewRules_IsWhatTheReferenceSays() =>
        Seeds.TryAsync(1000, static async random =>
        {
            var isBinary = random.Next(2) == 0;
            var isCompressed = random.Next(2) == 0;
            var maxBytes = random.Next(3) switch { 0 => 4, 1 => 300, _ => 3000 };
            var frames = Enumerable.Range(0, random.Next(1, 12))
                .Select(_ => RandomFrames.Next(random, isBinary ? 2 : 1, isCompressed));
            var bytes = ClientFrame.ToBytes(frames.SelectMany(static frame => frame));
            if (random.Next(4) == 0 && bytes.Length > 0)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            await AssertAsReferenceAsync(bytes[..(random.Next(4) == 0 ? random.Next(bytes.Length + 1) : bytes.Length)], random, isBinary, isCompressed, maxBytes);
        });

    [Fact]
    public Task Read_RandomBytes_IsWhatTheReferenceSays() =>
        Seeds.TryAsync(1000, static random =>
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            for (var i = 0; i + 1 < bytes.Length && random.Next(3) > 0; i += 6)
            {
                // Something like a header, or all would end with the first byte.
                byte[] opcodes = [0, 1, 1, 2, 2, 8, 9, 10];
                bytes[i] = (byte)((random.Next(4) > 0 ? 0x80 : 0) | (random.Next(4) == 0 ? 0x40 : 0) | opcodes[random.Next(opcodes.Length)]);
                bytes[i + 1] = (byte)(0x80 | random.Next(4));
            }

            return AssertAsReferenceAsync(bytes, random, random.Next(2) == 0, random.Next(2) == 0, maxBytes: 20);
        });

    private static async Task AssertAsReferenceAsync(byte[] bytes, Random random, bool isBinary, bool isCompressed, int maxBytes)
    {
        var expected = new ReferenceReader([.. bytes], isBinary, isCompressed, maxBytes).Read();
        foreach (var stream in new[] { ChunkedStream.Whole([.. bytes]), ChunkedStream.Randomly([.. bytes], random), ChunkedStream.ByteByByte(bytes) })
        {
            var actual = (await Transcript.OfAsync(stream, isBinary, maxBytes, isCompressed)).ToArray();
            if (expected[^1] == ReferenceReader.TooLongOrNotDeflate && actual[^1] is "Fault 1009" or "Fault 1007")
            {
                actual[^1] = ReferenceReader.TooLongOrNotDeflate;
            }

            Assert.Equal(expected, actual);
        }
    }

    private static async Task AssertEndsAsync(byte[] bytes, Random random)
    {
        var atOnce = await Transcript.OfAsync(ChunkedStream.Whole(bytes), isBinary: false);
        var inChunks = await Transcript.OfAsync(ChunkedStream.Randomly(bytes, random), isBinary: false);
        Assert.Equal(atOnce, inChunks);
        Assert.Matches("^(Ended|Fault 10|Close )", atOnce[^1]);
    }

    private static void AddMessage(Random random, bool isBinary, List<ClientFrame> frames, List<string> expected)
    {
        var text = RandomText(random);
        var payload = Encoding.UTF8.GetBytes(text);
        var opcode = isBinary ? 2 : 1;
        var pieces = RandomPieces(random, payload).ToArray();
        foreach (var frame in ClientFrame.Fragments(opcode, pieces))
        {
            frames.Add(frame with { MaskKey = (uint)random.NextInt64(uint.MaxValue) });
            if (!frame.IsFinal && random.Next(3) == 0)
            {
                var ping = (byte)random.Next(256);
                frames.Add(random.Next(2) == 0 ? ClientFrame.Ping([ping]) : ClientFrame.Pong([ping]));
                expected.Add($"{(frames[^1].Opcode == 9 ? "Ping" : "Pong")} {ping:X2}");
            }
        }

        expected.Add(isBinary
            ? Transcript.LineOf(new(Edge.WebSockets.WebSocketMessageKind.Binary, new(payload), null))
            : Transcript.LineOfText(text));
    }

    private static string RandomText(Random random)
    {
        string[] letters = ["a", "µ", "€", "𐍈"];
        var length = random.Next(5) switch { 0 => 0, 1 => random.Next(40_000 / 4), _ => random.Next(200) };
        return string.Concat(Enumerable.Range(0, length).Select(_ => letters[random.Next(letters.Length)]));
    }

    private static IEnumerable<byte[]> RandomPieces(Random random, byte[] payload)
    {
        var cuts = Enumerable.Range(0, random.Next(2) * random.Next(6)).Select(_ => random.Next(payload.Length + 1))
            .Append(0).Append(payload.Length).Order().ToArray();
        return cuts.Zip(cuts.Skip(1), (start, end) => payload[start..end]);
    }
}
