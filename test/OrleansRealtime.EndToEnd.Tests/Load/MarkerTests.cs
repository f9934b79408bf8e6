extern alias load;

using System.Text;
using load::OrleansRealtime.LoadTest.Measuring;

namespace OrleansRealtime.EndToEnd.Tests.Load;

public sealed class MarkerTests
{
    [Theory]
    [InlineData(32)]
    [InlineData(128)]
    [InlineData(16 * 1024)]
    public void Payload_OfALength_HasItAndIsFoundInAFrame(int bytes)
    {
        var payload = Marker.Payload(1234, long.MaxValue, bytes);
        byte[] frame = [.. """{"type":"publication","channel":"chat:#1","payload":"""u8, .. payload, .. "}"u8];

        Assert.Equal(bytes, payload.Length);
        Assert.True(Marker.TryFind(frame, out var number, out var due, out var rest));
        Assert.Equal((1234, long.MaxValue), (number, due));
        Assert.False(Marker.TryFind(rest, out _, out _, out _));
    }

    [Fact]
    public void Marker_InAMessageWithTwo_IsFoundTwiceInOrder()
    {
        byte[] message = [.. Marker.Payload(7, 1, 40), .. ","u8, .. Marker.Payload(8, 2, 40)];

        Assert.True(Marker.TryFind(message, out var first, out _, out var rest));
        Assert.True(Marker.TryFind(rest, out var second, out _, out _));
        Assert.Equal((7, 8), (first, second));
    }

    [Theory]
    [InlineData("")]
    [InlineData("#00000001:00000000000000")]
    [InlineData("#0000000x:0000000000000001#")]
    [InlineData("""{"type":"ack","channel":"chat:#room","payload":{"epoch":"########"}}""")]
    public void Marker_InSomethingElse_IsNotFound(string message) =>
        Assert.False(Marker.TryFind(Encoding.ASCII.GetBytes(message), out _, out _, out _));
}
