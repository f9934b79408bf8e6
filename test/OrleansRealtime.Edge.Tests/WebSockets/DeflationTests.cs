using System.Buffers;
using System.Text;
using OrleansRealtime.Edge.WebSockets;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.WebSockets;

/// <summary>Compressing and expanding, judged by a decoder that shares nothing with the framework's.</summary>
public sealed class DeflationTests
{
    private const int MaxBytes = 20_000;

    [Fact]
    public void Compress_RandomPayloads_ExpandToThemselvesAndAreShorter() =>
        Seeds.Try(100, static random =>
        {
            var payload = RandomPayload(random, random.Next(1, 40_000));

            var compressed = Deflation.Compress(payload).ToArray();

            Assert.True(compressed.Length < payload.Length);
            if (compressed.Length > 0)
            {
                Assert.Equal(payload, SlowInflate.Expand(compressed));
            }
        });

    [Fact]
    public void Compress_WhatCannotBeCompressed_IsNothing()
    {
        var noise = new byte[3000];
        new Random(1).NextBytes(noise);

        Assert.True(Deflation.Compress(noise).IsEmpty);
    }

    [Fact]
    public void Compress_SameThreadTwice_DependsOnNothingBefore()
    {
        var payload = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("""{"price":12.5},""", 100)));

        var first = Deflation.Compress(payload).ToArray();

        Assert.Equal(first, Deflation.Compress(payload).ToArray());
    }

    [Fact]
    public void TryExpand_WhatClientsSend_IsWhatTheyMeant() =>
        Seeds.Try(200, static random =>
        {
            var payload = RandomPayload(random, random.Next(MaxBytes + 1));
            var level = (System.IO.Compression.CompressionLevel)random.Next(4);

            var outcome = Expand(ClientFrame.Deflate(payload, level, isFinal: random.Next(4) == 0), random);

            Assert.Equal("", outcome.Fault);
            Assert.Equal(payload, outcome.Payload);
        });

    [Fact]
    public void TryExpand_DamagedMessages_IsWhatTheSlowDecoderSays() =>
        Seeds.Try(2000, static random =>
        {
            var compressed = ClientFrame.Deflate(RandomPayload(random, random.Next(1, 2000)), isFinal: random.Next(4) == 0);
            for (var damages = random.Next(1, 4); damages > 0; damages--)
            {
                compressed[random.Next(compressed.Length)] ^= (byte)(1 << random.Next(8));
            }

            AssertAgrees(random.Next(3) == 0 ? compressed[..random.Next(compressed.Length)] : compressed, random);
        });

    [Fact]
    public void TryExpand_RandomBytes_IsWhatTheSlowDecoderSays() =>
        Seeds.Try(3000, static random =>
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            AssertAgrees(bytes, random);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TryExpand_StoredBlockCutAtAnyLength_IsWhatTheSlowDecoderSays(int isFinal)
    {
        // Whatever is put behind a message to find its end is swallowed by a block of the right length.
        for (byte missing = 1; missing < 40; missing++)
        {
            byte[] content = [.. Enumerable.Repeat((byte)'a', 20)];
            var stated = (byte)(content.Length + missing);
            byte[] block = [(byte)isFinal, stated, 0, (byte)~stated, 0xFF, .. content];

            AssertAgrees(block, new Random(missing));
        }
    }

    [Fact]
    public void TryExpand_LastBlockWithoutBeginOfTheTailBehindAFinalBlock_IsWhatTheSlowDecoderSays()
    {
        // A final empty block, then one of fixed codes that ends with the byte: the tail would begin within an empty stored block.
        byte[] final = [0x03, 0x00];
        byte[] block = [0x3A, 0x71, 0xE2, 0xC4, 0x89, 0x13, 0x27, 0x00];

        AssertAgrees([.. final, .. block], new Random(1));
        Assert.Equal("1007", Expand([.. final, .. block], new Random(1)).Fault);
    }

    [Fact]
    public void TryExpand_Bomb_TakesNoMemoryBeyondTheBound()
    {
        var bomb = ClientFrame.Deflate(new byte[50_000_000]);
        Expand(bomb, new Random(1));
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 20; i++)
        {
            var fault = Inflation.TryExpand(new ReadOnlySequence<byte>(bomb), MaxBytes, out var rented, out _);
            Assert.Equal(CloseReason.TooLarge, fault);
            Assert.Null(rented);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * 1000);
    }

    private static void AssertAgrees(byte[] compressed, Random random)
    {
        var outcome = Expand(compressed, random);
        string fault;
        byte[] expected = [];
        try
        {
            expected = SlowInflate.Expand(compressed, MaxBytes, maxPieces: 8);
            fault = "";
        }
        catch (InvalidDataException)
        {
            fault = "1007";
        }
        catch (OverflowException)
        {
            // Which of two faults the framework's inflater comes to first depends on how far it looks ahead.
            Assert.True(outcome.Fault is "1009" or "1007");
            return;
        }

        Assert.True(fault == outcome.Fault, $"{Convert.ToHexString(compressed)}: '{outcome.Fault}' instead of '{fault}'.");
        Assert.Equal(expected, outcome.Payload);
    }

    private static (string Fault, byte[] Payload) Expand(byte[] compressed, Random random)
    {
        var fault = Inflation.TryExpand(Cut(compressed, random), MaxBytes, out var rented, out var length);
        if (rented is null)
        {
            return (fault!.Code.ToString(System.Globalization.CultureInfo.InvariantCulture), []);
        }

        var payload = rented.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(rented);
        return ("", payload);
    }

    // In two segments, as a pipe may hold it.
    private static ReadOnlySequence<byte> Cut(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length + 1);
        var first = new Segment(bytes.AsMemory(0, at), 0);
        var last = first.Append(bytes.AsMemory(at));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static byte[] RandomPayload(Random random, int length)
    {
        var payload = new byte[length];
        var letters = random.Next(1, 257);
        for (var i = 0; i < length; i++)
        {
            payload[i] = i > 10 && random.Next(3) > 0 ? payload[i - random.Next(1, 10)] : (byte)random.Next(letters);
        }

        return payload;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long start)
        {
            Memory = memory;
            RunningIndex = start;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
