using System.Text;
using System.Text.Json.Nodes;

namespace OrleansRealtime.Protocol.Tests.Golden;

public class GoldenTests
{
    public static TheoryData<string, string> CommandCases => Cases(Samples.Commands.Keys);

    public static TheoryData<string, string> FrameCases => Cases(Samples.Frames.Keys);

    [Theory]
    [MemberData(nameof(CommandCases))]
    public void Command_Encoded_IsItsGoldenFileByteForByte(string subprotocol, string name)
    {
        var codec = CodecOf(subprotocol);
        var actual = codec.Write(Samples.Commands[name]);

        Assert.Equal(Readable(codec, GoldenFile.Read("Commands", name, codec, actual)), Readable(codec, actual));
    }

    [Theory]
    [MemberData(nameof(CommandCases))]
    public void Command_GoldenFile_DecodesAndEncodesBack(string subprotocol, string name)
    {
        var codec = CodecOf(subprotocol);
        var golden = GoldenFile.Read("Commands", name, codec, codec.Write(Samples.Commands[name]));

        var command = codec.ReadCommand(golden);

        Assert.Equal(Samples.Commands[name].GetType(), command.GetType());
        Assert.Equal(Readable(codec, golden), Readable(codec, codec.Write(command)));
    }

    [Theory]
    [MemberData(nameof(FrameCases))]
    public void Frame_Encoded_IsItsGoldenFileByteForByte(string subprotocol, string name)
    {
        var codec = CodecOf(subprotocol);
        var actual = codec.Write(Samples.Frames[name]);

        Assert.Equal(Readable(codec, GoldenFile.Read("Frames", name, codec, actual)), Readable(codec, actual));
    }

    [Theory]
    [MemberData(nameof(FrameCases))]
    public void Frame_GoldenFile_DecodesAndEncodesBack(string subprotocol, string name)
    {
        var codec = CodecOf(subprotocol);
        var golden = GoldenFile.Read("Frames", name, codec, codec.Write(Samples.Frames[name]));

        var frame = codec.ReadFrame(golden);

        Assert.Equal(Samples.Frames[name].GetType(), frame.GetType());
        Assert.Equal(Readable(codec, golden), Readable(codec, codec.Write(frame)));
    }

    [Theory]
    [MemberData(nameof(CommandCases))]
    public void Command_GoldenFile_SaysTheSameInBothEncodings(string subprotocol, string name)
    {
        var codec = CodecOf(subprotocol);
        var command = codec.ReadCommand(GoldenFile.Read("Commands", name, codec, codec.Write(Samples.Commands[name])));

        Assert.Equal(
            Encoding.UTF8.GetString(FrameCodecs.Default.Write(Samples.Commands[name])),
            Encoding.UTF8.GetString(FrameCodecs.Default.Write(command)));
    }

    [Theory]
    [MemberData(nameof(FrameCases))]
    public void Frame_GoldenFile_SaysTheSameInBothEncodings(string subprotocol, string name)
    {
        var codec = CodecOf(subprotocol);
        var frame = codec.ReadFrame(GoldenFile.Read("Frames", name, codec, codec.Write(Samples.Frames[name])));

        Assert.Equal(
            Encoding.UTF8.GetString(FrameCodecs.Default.Write(Samples.Frames[name])),
            Encoding.UTF8.GetString(FrameCodecs.Default.Write(frame)));
    }

    [Fact]
    public void JsonFiles_AreJsonOfTheSampledType()
    {
        foreach (var name in Samples.Frames.Keys)
        {
            var golden = GoldenFile.Read(
                "Frames", name, FrameCodecs.Default, FrameCodecs.Default.Write(Samples.Frames[name]));

            Assert.Equal(name.Split('-')[0], (string?)JsonNode.Parse(golden)!["type"]);
        }
    }

    [Fact]
    public void Files_AndSamples_AreTheSameSet()
    {
        foreach (var codec in FrameCodecs.All)
        {
            Assert.Equal(Samples.Commands.Keys.Order(), GoldenFile.Names("Commands", codec).Order());
            Assert.Equal(Samples.Frames.Keys.Order(), GoldenFile.Names("Frames", codec).Order());
        }
    }

    [Fact]
    public void Samples_HaveEveryKindOfMessage()
    {
        Assert.Equal(Concrete(typeof(ClientCommand)), Samples.Commands.Values.Select(Name).Distinct().Order());
        Assert.Equal(Concrete(typeof(ServerFrame)), Samples.Frames.Values.Select(Name).Distinct().Order());
        Assert.Equal(
            Concrete(typeof(AckPayload)),
            Samples.Frames.Values.OfType<AckFrame>().Select(static ack => ack.Payload).OfType<AckPayload>().Select(Name)
                .Distinct().Order());

        static string Name(object message) => message.GetType().Name;
        static IEnumerable<string> Concrete(Type message) =>
            message.Assembly.GetTypes().Where(type => type.BaseType == message).Select(static type => type.Name).Order();
    }

    [Fact]
    public void Goldens_AreNotBeingWritten() =>
        Assert.False(GoldenFile.IsWriting, "The golden files were written, not compared. Look at the difference.");

    private static string Readable(IFrameCodec codec, byte[] message) =>
        codec.IsBinary ? Convert.ToHexString(message) : Encoding.UTF8.GetString(message);

    private static IFrameCodec CodecOf(string subprotocol)
    {
        Assert.True(FrameCodecs.TryGet(subprotocol, out var codec));
        return codec;
    }

    private static TheoryData<string, string> Cases(IEnumerable<string> names)
    {
        var cases = new TheoryData<string, string>();
        foreach (var name in names)
        {
            foreach (var codec in FrameCodecs.All)
            {
                cases.Add(codec.Subprotocol, name);
            }
        }

        return cases;
    }
}
