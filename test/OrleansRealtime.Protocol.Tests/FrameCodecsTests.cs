namespace OrleansRealtime.Protocol.Tests;

public class FrameCodecsTests
{
    [Fact]
    public void Default_IsJson() => Assert.Equal("realtime.v1.json", FrameCodecs.Default.Subprotocol);

    [Theory]
    [InlineData("realtime.v1.json", false)]
    [InlineData("realtime.v1.protobuf", true)]
    public void TryGet_KnownName_IsThatCodec(string subprotocol, bool isBinary)
    {
        Assert.True(FrameCodecs.TryGet(subprotocol, out var codec));
        Assert.Equal(subprotocol, codec.Subprotocol);
        Assert.Equal(isBinary, codec.IsBinary);
    }

    [Theory]
    [InlineData("")]
    [InlineData("realtime.v2.json")]
    [InlineData("Realtime.v1.json")]
    [InlineData("bearer.x")]
    public void TryGet_OtherName_IsNone(string subprotocol) => Assert.False(FrameCodecs.TryGet(subprotocol, out _));
}
