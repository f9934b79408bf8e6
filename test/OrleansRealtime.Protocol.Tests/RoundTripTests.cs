using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrleansRealtime.Testing;
using Xunit.Abstractions;
using Wire = Realtime.V1;

namespace OrleansRealtime.Protocol.Tests;

/// <summary>Whatever is written is read back as it was, by either encoding, and by generated code.</summary>
public class RoundTripTests(ITestOutputHelper output)
{
    private const int Count = 200;

    [Theory]
    [InlineData(ProtocolVersion.JsonSubprotocol)]
    [InlineData(ProtocolVersion.ProtobufSubprotocol)]
    public void Command_WrittenAndRead_IsTheSame(string subprotocol)
    {
        var codec = CodecOf(subprotocol);
        Check(RandomMessages.Command, command =>
        {
            var read = codec.ReadCommand(codec.Write(command));
            Assert.Equal(command.GetType(), read.GetType());
            Assert.Equal(Show(command), Show(read));
        });
    }

    [Theory]
    [InlineData(ProtocolVersion.JsonSubprotocol)]
    [InlineData(ProtocolVersion.ProtobufSubprotocol)]
    public void Frame_WrittenAndRead_IsTheSame(string subprotocol)
    {
        var codec = CodecOf(subprotocol);
        Check(RandomMessages.Frame, frame =>
        {
            var read = codec.ReadFrame(codec.Write(frame));
            Assert.Equal(frame.GetType(), read.GetType());
            Assert.Equal(Show(frame), Show(read));
        });
    }

    [Fact]
    public void Command_InProtobuf_IsWhatGeneratedCodeWrites() => Check(RandomMessages.Command, static command =>
    {
        var ours = CodecOf(ProtocolVersion.ProtobufSubprotocol).Write(command);
        Assert.Equal(
            Convert.ToHexString(ours), Convert.ToHexString(Google.Protobuf.MessageExtensions.ToByteArray(Wire.Command.Parser.ParseFrom(ours))));
    });

    [Fact]
    public void Frame_InProtobuf_IsWhatGeneratedCodeWrites() => Check(RandomMessages.Frame, static frame =>
    {
        var ours = CodecOf(ProtocolVersion.ProtobufSubprotocol).Write(frame);
        Assert.Equal(
            Convert.ToHexString(ours), Convert.ToHexString(Google.Protobuf.MessageExtensions.ToByteArray(Wire.Frame.Parser.ParseFrom(ours))));
    });

    [Fact]
    public void Frame_Json_IsReadFromAnySegments() => Check(RandomMessages.Frame, static frame =>
    {
        var message = FrameCodecs.Default.Write(frame);
        Assert.True(FrameCodecs.Default.TryReadFrame(message.InSegmentsOf(7), out var read));
        Assert.Equal(Show(frame), Show(read));
    });

    /// <summary>Lists compare by reference in records, so messages are compared by what both encodings write of them.</summary>
    private static string Show(ClientCommand command) => Encoding.UTF8.GetString(FrameCodecs.Default.Write(command))
        + Convert.ToHexString(CodecOf(ProtocolVersion.ProtobufSubprotocol).Write(command));

    private static string Show(ServerFrame frame) => Encoding.UTF8.GetString(FrameCodecs.Default.Write(frame))
        + Convert.ToHexString(CodecOf(ProtocolVersion.ProtobufSubprotocol).Write(frame));

    private static IFrameCodec CodecOf(string subprotocol)
    {
        Assert.True(FrameCodecs.TryGet(subprotocol, out var codec));
        return codec;
    }

    private void Check<T>(Gen<T> messages, Action<T> law)
    {
        var seed = Seeds.Next(output.WriteLine);
        var config = Config.QuickThrowOnFailure
            .WithMaxTest(Count)
            .WithReplay((ulong)seed, ((ulong)seed << 1) | 1);
        Prop.ForAll(messages.ToArbitrary(), law).Check(config);
    }
}
