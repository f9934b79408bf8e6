using System.Buffers;

namespace OrleansRealtime.Protocol.Tests;

public sealed class RetryAfterTests
{
    // Cut off, a wait below a millisecond told the client to try again at once, and it was refused again and again.
    [Theory]
    [InlineData(ProtocolVersion.JsonSubprotocol)]
    [InlineData(ProtocolVersion.ProtobufSubprotocol)]
    public void RetryAfter_BelowAMillisecond_IsRoundedUp(string subprotocol)
    {
        Assert.True(FrameCodecs.TryGet(subprotocol, out var codec));
        var refusal = new RealtimeError(RealtimeErrorCode.RateLimited, "later", TimeSpan.FromMicroseconds(10));
        var output = new ArrayBufferWriter<byte>();

        codec.WriteFrame(new ErrorFrame(default, null, refusal), output);

        Assert.True(codec.TryReadFrame(new ReadOnlySequence<byte>(output.WrittenMemory), out var frame));
        Assert.Equal(TimeSpan.FromMilliseconds(1), Assert.IsType<ErrorFrame>(frame).Error.RetryAfter);
    }
}
