using OrleansRealtime.Edge.WebSockets;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.WebSockets;

public sealed class WebSocketMaskTests
{
    [Fact]
    public void Apply_EveryLengthAndAlignment_IsTheXorOfTheRfc()
    {
        byte[] key = [0x37, 0xFA, 0x21, 0x3D];
        for (var offset = 0; offset < 9; offset++)
        {
            for (var length = 0; length < 200; length++)
            {
                var data = Enumerable.Range(0, offset + length).Select(static value => (byte)(7 * value)).ToArray();
                var expected = data.Select((value, index) => index < offset ? value : (byte)(value ^ key[(index - offset) % 4])).ToArray();

                WebSocketMask.Apply(data.AsSpan(offset), BitConverter.ToUInt32(key));

                Assert.Equal(expected, data);
            }
        }
    }

    [Fact]
    public void Apply_InPieces_IsTheSameAsAtOnce() =>
        Seeds.Try(500, static random =>
        {
            var atOnce = new byte[random.Next(1, 300)];
            random.NextBytes(atOnce);
            var inPieces = atOnce.ToArray();
            var key = (uint)random.NextInt64(uint.MaxValue);

            WebSocketMask.Apply(atOnce, key);
            for (var start = 0; start < inPieces.Length;)
            {
                var length = Math.Min(inPieces.Length - start, random.Next(1, 40));
                key = WebSocketMask.Apply(inPieces.AsSpan(start, length), key);
                start += length;
            }

            Assert.Equal(atOnce, inPieces);
        });
}
