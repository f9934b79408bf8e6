using System.Text.Unicode;
using OrleansRealtime.Edge.WebSockets;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.WebSockets;

public sealed class Utf8CheckTests
{
    [Fact]
    public void Check_EveryPairOfBytes_AgreesWithTheFramework()
    {
        for (var pair = 0; pair <= ushort.MaxValue; pair++)
        {
            byte[] bytes = [(byte)(pair >> 8), (byte)pair];
            Assert.Equal(Utf8.IsValid(bytes), IsValid(bytes, [1, 1]));
        }
    }

    [Fact]
    public void Check_RandomBytesInRandomPieces_AgreesWithTheFramework() =>
        Seeds.Try(2000, static random =>
        {
            var bytes = new List<byte>();
            while (bytes.Count < 40)
            {
                // Mostly valid, or nothing after the first mistake would be tested.
                var samples = random.Next(30) == 0 ? Utf8Samples.Invalid : Utf8Samples.Valid;
                bytes.AddRange(samples[random.Next(samples.Count)]);
            }

            var pieces = new List<int>();
            for (var rest = bytes.Count; rest > 0; rest -= pieces[^1])
            {
                pieces.Add(random.Next(Math.Min(5, rest)) + 1);
            }

            Assert.Equal(Utf8.IsValid([.. bytes]), IsValid([.. bytes], pieces));
        });

    private static bool IsValid(byte[] bytes, IEnumerable<int> pieces)
    {
        var check = default(Utf8Check);
        var start = 0;
        foreach (var length in pieces)
        {
            if (!check.TryAccept(bytes.AsSpan(start, length)))
            {
                return false;
            }

            start += length;
        }

        return !check.IsInsideCharacter;
    }
}
