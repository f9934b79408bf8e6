using OrleansRealtime.Edge.WebSockets;

namespace OrleansRealtime.Edge.Tests.WebSockets;

public sealed class WebSocketFrameWriterTests
{
    [Theory]
    [InlineData(0, "8100")]
    [InlineData(125, "817D")]
    [InlineData(126, "817E007E")]
    [InlineData(65_535, "817EFFFF")]
    [InlineData(65_536, "817F0000000000010000")]
    public void WriteHeader_EachLength_IsTheShortestForm(int payloadLength, string expected)
    {
        var header = new byte[WebSocketFrameWriter.MaxHeaderLength];

        var length = WebSocketFrameWriter.WriteHeader(header, WebSocketOpcode.Text, payloadLength);

        Assert.Equal(expected, Convert.ToHexString(header[..length]));
        Assert.Equal(length, WebSocketFrameWriter.HeaderLength(payloadLength));
    }

    [Fact]
    public void WritePing_Payload_FollowsTheHeader()
    {
        var frame = new byte[WebSocketFrameWriter.MaxControlFrameLength];
        Assert.Equal("8902AABB", Convert.ToHexString(frame[..WebSocketFrameWriter.WritePing(frame, [0xAA, 0xBB])]));
        Assert.Equal("8A01CC", Convert.ToHexString(frame[..WebSocketFrameWriter.WritePong(frame, [0xCC])]));
    }

    [Fact]
    public void WriteClose_EveryReasonOfTheServer_FitsAndReadsBack()
    {
        foreach (var reason in CloseReason.All)
        {
            var frame = new byte[WebSocketFrameWriter.MaxControlFrameLength];
            var length = WebSocketFrameWriter.WriteClose(frame, reason);

            var payload = new System.Buffers.ReadOnlySequence<byte>(frame, 2, length - 2);
            Assert.True(WebSocketClosePayload.TryRead(payload, out var read, out _));
            Assert.Equal(reason, read);
        }
    }

    [Fact]
    public void WriteClose_WordTooLong_IsCutBetweenCharacters()
    {
        var frame = new byte[WebSocketFrameWriter.MaxControlFrameLength];

        var length = WebSocketFrameWriter.WriteClose(frame, CloseReason.Kicked.With(new string('€', 60)));

        // 123 bytes hold 41 characters of three bytes each.
        Assert.Equal(4 + (41 * 3), length);
        Assert.Equal(new string('€', 41), System.Text.Encoding.UTF8.GetString(frame, 4, length - 4));
    }
}
