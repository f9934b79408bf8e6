using System.Text;
using Google.Protobuf;
using OrleansRealtime.Protocol.Protobuf;
using Wire = Realtime.V1;

namespace OrleansRealtime.Protocol.Tests.Protobuf;

public class ProtobufCommandTests
{
    // Field 1, text "7"; field 12, an empty message: a ping.
    private const string Ping = "0a0137" + "6200";

    private static readonly ProtobufFrameCodec Codec = ProtobufFrameCodec.Instance;

    [Theory]
    [InlineData("6801", "a number")]
    [InlineData("68ffffffffffffffffff01", "the longest number")]
    [InlineData("690102030405060708", "eight bytes")]
    [InlineData("6d01020304", "four bytes")]
    [InlineData("6a03414243", "bytes")]
    [InlineData("6b08016c", "a group with a number")]
    [InlineData("6b73746c", "a group in a group")]
    [InlineData("f8ffffff0f01", "the greatest field number")]
    [InlineData("0801", "the id as a number")]
    [InlineData("1500000000", "the channel as four bytes")]
    [InlineData("3801", "a publish as a number")]
    public void Command_UnknownFieldsAndWrongWireTypes_AreSkipped(string fields, string what)
    {
        Assert.True(what.Length > 0);
        Assert.Equal(new PingCommand(new CommandId("7")), Codec.ReadCommand(Convert.FromHexString(Ping + fields)));
        Assert.Equal(new PingCommand(new CommandId("7")), Codec.ReadCommand(Convert.FromHexString(fields + Ping)));
    }

    [Theory]
    [InlineData("68", "a number without bytes")]
    [InlineData("68ff", "a number cut off")]
    [InlineData("68ffffffffffffffffffff01", "a number of eleven bytes")]
    [InlineData("ff", "a tag cut off")]
    [InlineData("0001", "field number zero")]
    [InlineData("ffffffffff0f01", "a tag beyond 32 bits")]
    [InlineData("6e01", "wire type 6")]
    [InlineData("6f01", "wire type 7")]
    [InlineData("69010203", "eight bytes cut off")]
    [InlineData("6d0102", "four bytes cut off")]
    [InlineData("6a0441", "bytes cut off")]
    [InlineData("6affffffff0f", "a length of 4 GiB")]
    [InlineData("6affffffffffffffffff01", "a length of 2^64")]
    [InlineData("6a80808080808080808001", "a negative length")]
    [InlineData("6b0801", "a group without end")]
    [InlineData("6b74", "a group with another's end")]
    [InlineData("6c", "an end without a group")]
    [InlineData("1202c328", "a channel that is not UTF-8")]
    [InlineData("3a03120141" + "3a", "a field cut off behind a good one")]
    [InlineData("3a0212ff", "a nested length cut off")]
    public void Message_NotProtobuf_IsMalformed(string fields, string what)
    {
        var fault = Codec.ReadFault(Convert.FromHexString("0a0137" + fields));

        Assert.True(fault.IsMalformed, what);
        Assert.Equal(new CommandId("7"), fault.Id);
        Assert.Equal(RealtimeErrorCode.BadRequest, fault.Error.Code);
    }

    [Fact]
    public void Message_GroupsNestedWithoutEnd_AreMalformedAndNotFollowed()
    {
        var fault = Codec.ReadFault(Enumerable.Repeat((byte)0x6b, 100_000).ToArray());

        Assert.True(fault.IsMalformed);
    }

    [Fact]
    public void Message_Empty_HasNoType()
    {
        var fault = Codec.ReadFault([]);

        Assert.False(fault.IsMalformed);
        Assert.Equal(RealtimeErrorCode.BadRequest, fault.Error.Code);
    }

    [Fact]
    public void Message_OfACommandOfTheFuture_IsUnknown()
    {
        var fault = Codec.ReadFault(Convert.FromHexString("0a0137" + "fa0100"));

        Assert.False(fault.IsMalformed);
        Assert.Equal(RealtimeErrorCode.UnknownType, fault.Error.Code);
        Assert.Equal(new CommandId("7"), fault.Id);
    }

    [Theory]
    [InlineData("{\"a\":")]
    [InlineData("")]
    [InlineData("1 2")]
    [InlineData("\"\\ud800\"")]
    [InlineData("NaN")]
    public void Publish_JsonThatIsNone_IsRefusedButNotMalformed(string json)
    {
        var fault = Codec.ReadFault(Publish(new Wire.Data { Json = ByteString.CopyFromUtf8(json) }));

        Assert.False(fault.IsMalformed);
        Assert.Contains("'data'", fault.Error.Detail, StringComparison.Ordinal);
        Assert.Equal(new CommandId("7"), fault.Id);
    }

    [Fact]
    public void Publish_JsonThatIsNotUtf8_IsRefused() =>
        Assert.False(Codec.ReadFault(Publish(new Wire.Data { Json = ByteString.CopyFrom(0x22, 0xff, 0x22) })).IsMalformed);

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    [InlineData(100_000, false)]
    public void Publish_DeepJson_IsRefusedBeyondTheLimit(int depth, bool isGood)
    {
        var json = new string('[', depth) + new string(']', depth);
        var message = new System.Buffers.ReadOnlySequence<byte>(
            Publish(new Wire.Data { Json = ByteString.CopyFromUtf8(json) }));

        Assert.Equal(isGood, Codec.TryReadCommand(message, out _, out var fault));
        Assert.NotEqual(true, fault?.IsMalformed);
    }

    [Fact]
    public void Publish_WithoutData_IsRefused()
    {
        Assert.Contains("'data' is missing", Codec.ReadFault(Publish(null)).Error.Detail, StringComparison.Ordinal);
        Assert.Contains("'data' is missing", Codec.ReadFault(Publish(new Wire.Data())).Error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_EmptyBinary_IsData() => Assert.Equal(
        Payload.Binary(ReadOnlyMemory<byte>.Empty),
        ((PublishCommand)Codec.ReadCommand(Publish(new Wire.Data { Binary = ByteString.Empty }))).Payload);

    [Fact]
    public void Command_RepeatedField_IsRefused()
    {
        var once = new Wire.Command { Id = "7", Channel = "a", Presence = new Wire.Presence() }.ToByteArray();
        var channel = new Wire.Command { Channel = "b" }.ToByteArray();
        var type = new Wire.Command { Ping = new Wire.Ping() }.ToByteArray();

        Codec.ReadCommand(once);
        Assert.Contains("'channel'", Codec.ReadFault([.. once, .. channel]).Error.Detail, StringComparison.Ordinal);
        Assert.Contains("'type'", Codec.ReadFault([.. once, .. type]).Error.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("limit")]
    [InlineData("from")]
    [InlineData("id")]
    [InlineData("mid")]
    [InlineData("conflate")]
    [InlineData("features")]
    [InlineData("last")]
    public void Command_OutOfLimits_IsRefusedByName(string field)
    {
        var command = field switch
        {
            "limit" => new Wire.Command { Channel = "a", History = new Wire.History { Limit = 1001 } },
            "from" => new Wire.Command
            {
                Channel = "a",
                Subscribe = new Wire.Subscribe { From = new Wire.Position { Epoch = "e", Seq = -1 } },
            },
            "id" => new Wire.Command { Id = new string('x', 65), Ping = new Wire.Ping() },
            "mid" => new Wire.Command
            {
                Channel = "a",
                Publish = new Wire.Publish { Mid = new string('x', 65), Data = new Wire.Data { Binary = ByteString.Empty } },
            },
            "conflate" => new Wire.Command { Channel = "a", Subscribe = new Wire.Subscribe { Conflate = 9 } },
            "features" => new Wire.Command { Auth = new Wire.Auth { V = 1, Features = { Enumerable.Repeat("f", 33) } } },
            _ => new Wire.Command { Channel = "a", Subscribe = new Wire.Subscribe { Last = uint.MaxValue } },
        };

        Assert.Contains($"'{field}'", Codec.ReadFault(command.ToByteArray()).Error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Command_InSegmentsOfAnySize_IsTheSame()
    {
        var message = Publish(new Wire.Data { Json = ByteString.CopyFrom(Encoding.UTF8.GetBytes("{\"a\":\"ä\"}")) });
        var whole = Codec.ReadCommand(message);

        for (var size = 1; size < message.Length; size++)
        {
            Assert.True(Codec.TryReadCommand(message.InSegmentsOf(size), out var command, out _));
            Assert.Equal(whole, command);
        }
    }

    private static byte[] Publish(Wire.Data? data) =>
        new Wire.Command { Id = "7", Channel = "chat:a", Publish = new Wire.Publish { Data = data } }.ToByteArray();
}
