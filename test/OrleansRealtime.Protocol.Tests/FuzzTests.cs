using System.Buffers;
using System.Text;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Protocol.Tests;

/// <summary>No bytes make a codec throw, and none make it read beside its input.</summary>
public class FuzzTests
{
    private const int RunsPerSeed = 1500;

    private static readonly byte[][] Corpus =
    [
        .. FrameCodecs.All.SelectMany(static codec => Samples.Commands.Values.Select(codec.Write)),
        .. FrameCodecs.All.SelectMany(static codec => Samples.Frames.Values.Select(codec.Write)),
    ];

    // Pieces at which readers of JSON, UTF-8 and Protobuf turn off.
    private static readonly byte[][] Pieces =
    [
        "\\ud83d"u8.ToArray(), "\\"u8.ToArray(), "\""u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(),
        "null"u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(), "-"u8.ToArray(), "1e999"u8.ToArray(), "\"encoding\":\"base64\","u8.ToArray(),
        [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x00], [0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        [0x0b], [0x0c], [0xff, 0xff, 0xff, 0xff, 0x0f],
    ];

    [Fact]
    public void Messages_MutatedAtRandom_NeverThrow() => Seeds.Try(3, static random =>
    {
        for (var run = 0; run < RunsPerSeed; run++)
        {
            Read(Mutate(random, Corpus[random.Next(Corpus.Length)]), random.Next(1, 20));
        }
    });

    [Fact]
    public void Messages_CutAnywhere_NeverThrow()
    {
        foreach (var message in Corpus)
        {
            for (var length = 0; length < message.Length; length++)
            {
                Read(message[..length], segment: 16);
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"publish","channel":"a","payload":{"encoding":"base64","data":"\ud800\/"}}""")]
    [InlineData("""{"type":"\ud800"}""")]
    [InlineData("""{"\udc00":1,"type":"ping"}""")]
    [InlineData("""{"type":"ack","payload":{"data":"\ud800"}}""")]
    [InlineData("""{"type":"ack","id":{},"payload":{"members":[[]],"count":1}}""")]
    [InlineData("""{"type":"pong","ts":9223372036854775807}""")]
    [InlineData("""{"type":"reconnect","payload":{"after":9223372036854775807}}""")]
    [InlineData("""{"type":"auth_ack","ts":-9223372036854775808,"payload":[]}""")]
    public void Text_ThatTurnsReadersOff_NeverThrows(string message) => Read(Encoding.UTF8.GetBytes(message), segment: 5);

    private static byte[] Mutate(Random random, byte[] message)
    {
        var bytes = message.ToList();
        for (var change = random.Next(1, 6); change > 0; change--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(0, Math.Min(bytes.Count, random.Next(40))));
                    break;
                default:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Reads the bytes as everything that they could be, whole and in segments, which must come to the same.</summary>
    private static void Read(byte[] message, int segment)
    {
        foreach (var codec in FrameCodecs.All)
        {
            var whole = new ReadOnlySequence<byte>(message);
            var isCommand = codec.TryReadCommand(whole, out var command, out var fault);
            Assert.Equal(isCommand, codec.TryReadCommand(message.InSegmentsOf(segment), out _, out var otherFault));
            Assert.Equal(fault, otherFault);
            if (isCommand)
            {
                // What was accepted can be passed on.
                codec.ReadCommand(codec.Write(command!));
            }
            else
            {
                codec.Write(new ErrorFrame(fault!.Id, null, fault.Error));
            }

            Assert.Equal(codec.TryReadFrame(whole, out _), codec.TryReadFrame(message.InSegmentsOf(segment), out _));
        }
    }
}
