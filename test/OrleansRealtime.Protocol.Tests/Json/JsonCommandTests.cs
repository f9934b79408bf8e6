using System.Buffers;
using System.Globalization;
using System.Text;
using OrleansRealtime.Protocol.Json;

namespace OrleansRealtime.Protocol.Tests.Json;

public class JsonCommandTests
{
    private static readonly JsonFrameCodec Codec = JsonFrameCodec.Instance;

    [Theory]
    [InlineData("""{"text": "a\/b\u00e4", "n" : 1.50e+01}""")]
    [InlineData("""[ 1 , 2,[ ] ]""")]
    [InlineData("\"text with ä and 😀 and \\ud83d\\ude00\"")]
    [InlineData("-0.0")]
    [InlineData("null")]
    [InlineData("{\n  \"a\":\t1\r\n}")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("\"\\\\ud800\"")]
    public void Publish_JsonData_IsKeptByteForByte(string data)
    {
        var command = (PublishCommand)Codec.ReadCommand(
            $$$"""{"type":"publish","id":"1","channel":"chat:a","payload":{"data": {{{data}}} ,"mid":"m1","key":"k"}}""");

        Assert.Equal(Payload.Json(data), command.Payload);
        Assert.Equal(new CommandId("1"), command.Id);
        Assert.Equal("chat:a", command.Channel.Value);
        Assert.Equal("m1", command.MessageId);
        Assert.Equal("k", command.Key);
    }

    [Fact]
    public void Publish_FieldsInAnyOrder_IsTheSameCommand()
    {
        var usual = Codec.ReadCommand("""{"type":"publish","id":7,"channel":"a:b","payload":{"data":[1],"mid":"m"}}""");
        var turned = Codec.ReadCommand("""{"payload":{"mid":"m","data":[1]},"channel":"a:b","id":7,"type":"publish"}""");

        Assert.Equal(usual, turned);
    }

    [Fact]
    public void Publish_EscapedNames_AreTheSameNames()
    {
        var command = Codec.ReadCommand(
            """{"t\u0079pe":"pu\u0062lish","chann\u0065l":"a:\u0062","p\u0061yload":{"d\u0061ta":1}}""");

        Assert.Equal(new PublishCommand(default, ChannelName.Parse("a:b"), Payload.Json("1"), null, null), command);
    }

    [Theory]
    [InlineData("AAEC/w==", new byte[] { 0, 1, 2, 255 })]
    [InlineData("", new byte[0])]
    [InlineData("//8=", new byte[] { 255, 255 })]
    [InlineData("\\/\\/8=", new byte[] { 255, 255 })]
    [InlineData("\\u0041AEC", new byte[] { 0, 1, 2 })]
    public void Publish_Base64Data_IsBinary(string text, byte[] bytes)
    {
        var after = (PublishCommand)Codec.ReadCommand(
            $$$"""{"type":"publish","channel":"a","payload":{"data":"{{{text}}}","encoding":"base64"}}""");
        var before = (PublishCommand)Codec.ReadCommand(
            $$$"""{"type":"publish","channel":"a","payload":{"encoding":"base64","data":"{{{text}}}"}}""");

        Assert.Equal(Payload.Binary(bytes), after.Payload);
        Assert.Equal(Payload.Binary(bytes), before.Payload);
    }

    [Theory]
    [InlineData("\"AAE\"")]
    [InlineData("\"AA=A\"")]
    [InlineData("\"AA==AAEC\"")]
    [InlineData("\"AA E\"")]
    [InlineData("\"AAEC\\n\"")]
    [InlineData("\" \\n\\n \"")]
    [InlineData("\"AA-_\"")]
    [InlineData("\"\\ud800AAA\"")]
    [InlineData("\"=\"")]
    [InlineData("17")]
    [InlineData("null")]
    [InlineData("[\"AAEC\"]")]
    public void Publish_WrongBase64_IsRefused(string data)
    {
        var fault = Codec.ReadFault(
            $$$"""{"type":"publish","channel":"a","payload":{"data":{{{data}}},"encoding":"base64"},"id":"9"}""");

        Assert.Equal(new CommandId("9"), fault.Id);
        Assert.Equal(RealtimeErrorCode.BadRequest, fault.Error.Code);
        Assert.Contains("'data'", fault.Error.Detail, StringComparison.Ordinal);
        Assert.False(fault.IsMalformed);
    }

    [Fact]
    public void Subscribe_AllFields_AreRead()
    {
        var command = (SubscribeCommand)Codec.ReadCommand(
            """{"type":"subscribe","id":"s","channel":"a:b","payload":{"from":{"epoch":"e","seq":42},"last":1000,"presence":true,"conflate":60000}}""");

        Assert.Equal(
            new SubscribeCommand(
                new CommandId("s"), ChannelName.Parse("a:b"), new Position(new Epoch("e"), 42), 1000, true, TimeSpan.FromSeconds(60)),
            command);
    }

    [Fact]
    public void Subscribe_NullFields_AreAbsent()
    {
        var command = Codec.ReadCommand(
            """{"type":"subscribe","id":null,"channel":"a","payload":{"from":null,"last":null,"presence":null,"conflate":null}}""");

        Assert.Equal(new SubscribeCommand(default, ChannelName.Parse("a"), null, 0, false, null), command);
        Assert.Equal(command, Codec.ReadCommand("""{"type":"subscribe","channel":"a","payload":null}"""));
    }

    [Fact]
    public void Auth_AllFields_AreRead()
    {
        var command = (AuthCommand)Codec.ReadCommand(
            """{"type":"auth","id":"1","payload":{"token":"t.o.k","v":1,"features":["a","b"],"session":"s1"}}""");

        Assert.Equal("t.o.k", command.Token);
        Assert.Equal(1, command.Version);
        Assert.Equal(["a", "b"], command.Features);
        Assert.Equal(new SessionId("s1"), command.Session);
    }

    [Fact]
    public void Command_UnknownFields_AreIgnoredWhateverTheyHold()
    {
        var command = Codec.ReadCommand(
            """{"x":[{"type":"ping"}],"type":"unsubscribe","\ud800":1,"channel":"a","payload":{"last":"not a number","x":{}},"id":"1","y":"\udc00"}""");

        Assert.Equal(new UnsubscribeCommand(new CommandId("1"), ChannelName.Parse("a")), command);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("9007199254740991")]
    public void Id_Number_ComesBackAsNumber(string number)
    {
        var command = Codec.ReadCommand($$$"""{"type":"ping","id":{{{number}}}}""");

        Assert.Equal(new CommandId(number, IsNumber: true), command.Id);
        Assert.Contains($"\"id\":{number}", Encoding.UTF8.GetString(Codec.Write(command)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("9007199254740992")]
    [InlineData("1.5")]
    [InlineData("1e400")]
    [InlineData("\"\"")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("\"\\ud800\"")]
    public void Id_Wrong_IsRefusedWithoutId(string id)
    {
        var fault = Codec.ReadFault($$$"""{"type":"ping","id":{{{id}}}}""");

        Assert.True(fault.Id.IsNone);
        Assert.Equal(RealtimeErrorCode.BadRequest, fault.Error.Code);
        Assert.False(fault.IsMalformed);
    }

    [Theory]
    [InlineData("channel", """{"id":"7","type":"publish","payload":{"data":1}}""")]
    [InlineData("channel", """{"type":"publish","channel":":x","payload":{"data":1},"id":"7"}""")]
    [InlineData("channel", """{"type":"publish","channel":5,"payload":{"data":1},"id":"7"}""")]
    [InlineData("channel", """{"type":"publish","channel":"a b","payload":{"data":1},"id":"7"}""")]
    [InlineData("data", """{"type":"publish","channel":"a","payload":{},"id":"7"}""")]
    [InlineData("data", """{"type":"publish","channel":"a","id":"7"}""")]
    [InlineData("data", """{"type":"publish","channel":"a","payload":{"data":"\ud800"},"id":"7"}""")]
    [InlineData("data", """{"type":"publish","channel":"a","payload":{"data":"\udc00\ud800"},"id":"7"}""")]
    [InlineData("data", """{"type":"publish","channel":"a","payload":{"data":{"\ud800x":1}},"id":"7"}""")]
    [InlineData("data", """{"type":"publish","channel":"a","payload":{"data":1,"data":1},"id":"7"}""")]
    [InlineData("payload", """{"type":"publish","channel":"a","payload":[],"id":"7"}""")]
    [InlineData("payload", """{"type":"publish","channel":"a","payload":"x","id":"7"}""")]
    [InlineData("payload", """{"type":"publish","channel":"a","payload":{"data":1},"payload":{"data":2},"id":"7"}""")]
    [InlineData("encoding", """{"type":"publish","channel":"a","payload":{"data":"","encoding":"hex"},"id":"7"}""")]
    [InlineData("mid", """{"type":"publish","channel":"a","payload":{"data":1,"mid":""},"id":"7"}""")]
    [InlineData("mid", """{"type":"publish","channel":"a","payload":{"data":1,"mid":1},"id":"7"}""")]
    [InlineData("mid", """{"type":"publish","channel":"a","payload":{"data":1,"mid":"a","mid":"a"},"id":"7"}""")]
    [InlineData("key", """{"type":"signal","channel":"a","payload":{"data":1,"key":["k"]},"id":"7"}""")]
    [InlineData("from", """{"type":"subscribe","channel":"a","payload":{"from":5},"id":"7"}""")]
    [InlineData("from", """{"type":"subscribe","channel":"a","payload":{"from":{"epoch":"e"}},"id":"7"}""")]
    [InlineData("from", """{"type":"subscribe","channel":"a","payload":{"from":{"seq":1}},"id":"7"}""")]
    [InlineData("from", """{"type":"subscribe","channel":"a","payload":{"from":{"epoch":"","seq":1}},"id":"7"}""")]
    [InlineData("from", """{"type":"subscribe","channel":"a","payload":{"from":{"epoch":"e","seq":-1}},"id":"7"}""")]
    [InlineData("from", """{"type":"subscribe","channel":"a","payload":{"from":{"epoch":"e","seq":9007199254740992}},"id":"7"}""")]
    [InlineData("from", """{"type":"subscribe","channel":"a","payload":{"from":{"epoch":"e","seq":1,"seq":1}},"id":"7"}""")]
    [InlineData("from", """{"type":"subscribe","channel":"a","payload":{"from":{"epoch":["e"],"seq":{}}},"id":"7"}""")]
    [InlineData("last", """{"type":"subscribe","channel":"a","payload":{"last":1001},"id":"7"}""")]
    [InlineData("last", """{"type":"subscribe","channel":"a","payload":{"last":-1},"id":"7"}""")]
    [InlineData("last", """{"type":"subscribe","channel":"a","payload":{"last":99999999999999999999},"id":"7"}""")]
    [InlineData("presence", """{"type":"subscribe","channel":"a","payload":{"presence":1},"id":"7"}""")]
    [InlineData("conflate", """{"type":"subscribe","channel":"a","payload":{"conflate":9},"id":"7"}""")]
    [InlineData("conflate", """{"type":"subscribe","channel":"a","payload":{"conflate":60001},"id":"7"}""")]
    [InlineData("limit", """{"type":"history","channel":"a","payload":{"limit":0},"id":"7"}""")]
    [InlineData("limit", """{"type":"history","channel":"a","payload":{"limit":1001},"id":"7"}""")]
    [InlineData("limit", """{"type":"history","channel":"a","id":"7"}""")]
    [InlineData("reverse", """{"type":"history","channel":"a","payload":{"limit":1,"reverse":"yes"},"id":"7"}""")]
    [InlineData("method", """{"type":"call","payload":{"data":1},"id":"7"}""")]
    [InlineData("method", """{"type":"call","payload":{"method":"","data":1},"id":"7"}""")]
    [InlineData("v", """{"type":"auth","payload":{"token":"t"},"id":"7"}""")]
    [InlineData("v", """{"type":"auth","payload":{"token":"t","v":0},"id":"7"}""")]
    [InlineData("v", """{"type":"auth","payload":{"token":"t","v":"1"},"id":"7"}""")]
    [InlineData("token", """{"type":"auth","payload":{"token":"","v":1},"id":"7"}""")]
    [InlineData("token", """{"type":"refresh","payload":{},"id":"7"}""")]
    [InlineData("session", """{"type":"auth","payload":{"session":{},"v":1},"id":"7"}""")]
    [InlineData("features", """{"type":"auth","payload":{"features":"a","v":1},"id":"7"}""")]
    [InlineData("features", """{"type":"auth","payload":{"features":["a",{"b":[]}],"v":1},"id":"7"}""")]
    [InlineData("type", """{"id":"7"}""")]
    [InlineData("type", """{"id":"7","type":null}""")]
    [InlineData("type", """{"type":["ping"],"id":"7"}""")]
    [InlineData("type", """{"type":"ping","type":"ping","id":"7"}""")]
    [InlineData("type", """{"type":"\ud800","id":"7"}""")]
    public void Command_WrongField_IsRefusedByNameAndWithId(string field, string message)
    {
        var fault = Codec.ReadFault(message);

        Assert.Equal(new CommandId("7"), fault.Id);
        Assert.Equal(RealtimeErrorCode.BadRequest, fault.Error.Code);
        Assert.Contains($"'{field}'", fault.Error.Detail, StringComparison.Ordinal);
        Assert.False(fault.IsMalformed);
    }

    [Theory]
    [InlineData("channel", 200)]
    [InlineData("mid", 64)]
    [InlineData("key", 128)]
    [InlineData("method", 128)]
    [InlineData("session", 64)]
    [InlineData("id", 64)]
    public void Text_AtItsLimit_IsReadAndOneLonger_IsRefused(string field, int limit)
    {
        Codec.ReadCommand(MessageWith(field, new string('x', limit)));
        Assert.Contains(
            $"'{field}'", Codec.ReadFault(MessageWith(field, new string('x', limit + 1))).Error.Detail, StringComparison.Ordinal);

        static string MessageWith(string field, string text) => field switch
        {
            "channel" => $$$"""{"type":"presence","channel":"{{{text}}}"}""",
            "id" => $$$"""{"type":"ping","id":"{{{text}}}"}""",
            "method" => $$$"""{"type":"call","payload":{"method":"{{{text}}}","data":1}}""",
            "session" => $$$"""{"type":"auth","payload":{"v":1,"session":"{{{text}}}"}}""",
            _ => $$$"""{"type":"publish","channel":"a","payload":{"data":1,"{{{field}}}":"{{{text}}}"}}""",
        };
    }

    [Theory]
    [InlineData("\\u00e4", 64)]
    [InlineData("ä", 64)]
    [InlineData("😀", 32)]
    public void Text_Length_CountsUtf16CodeUnits(string character, int most)
    {
        Codec.ReadCommand(MessageWith(most));
        Codec.ReadFault(MessageWith(most + 1));

        string MessageWith(int count) =>
            $$$"""{"type":"publish","channel":"a","payload":{"data":1,"mid":"{{{string.Concat(Enumerable.Repeat(character, count))}}}"}}""";
    }

    [Fact]
    public void Features_TooMany_AreRefused()
    {
        Codec.ReadCommand(MessageWith(CommandLimits.MaxFeatures));
        Codec.ReadFault(MessageWith(CommandLimits.MaxFeatures + 1));

        static string MessageWith(int count) =>
            $$$"""{"type":"auth","payload":{"v":1,"features":[{{{string.Join(',', Enumerable.Repeat("\"f\"", count))}}}]}}""";
    }

    [Fact]
    public void Type_Unknown_IsSaidSo()
    {
        var fault = Codec.ReadFault("""{"type":"teleport","channel":":","payload":5,"id":"7"}""");

        Assert.Equal(RealtimeErrorCode.UnknownType, fault.Error.Code);
        Assert.Equal(new CommandId("7"), fault.Id);
        Assert.Contains("'teleport'", fault.Error.Detail, StringComparison.Ordinal);
        Assert.False(fault.IsMalformed);
    }

    [Fact]
    public void Type_UnknownAndLong_IsEchoedInPart()
    {
        var fault = Codec.ReadFault($$$"""{"type":"{{{string.Concat(Enumerable.Repeat("x😀", 1000))}}}"}""");

        Assert.InRange(fault.Error.Detail.Length, 40, 80);
        Codec.Write(new ErrorFrame(fault.Id, null, fault.Error));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("""{"id":"7","type":"ping" """)]
    [InlineData("""{"id":"7","type":"ping",}""")]
    [InlineData("""{"id":"7","type":"ping"}{}""")]
    [InlineData("""{"id":"7","type":"ping"} x""")]
    [InlineData("""{"id":"7","type":"ping" /* c */}""")]
    [InlineData("""{"id":"7","type":'ping'}""")]
    [InlineData("""{"id":"7","type":"pi""")]
    [InlineData("""{"id":"7","type":"publish","channel":"a","payload":{"data":01}}""")]
    [InlineData("""{"id":"7","type":"publish","channel":"a","payload":{"data":tru}}""")]
    [InlineData("""{"id":"7","type":"publish","channel":"a","payload":{"data":NaN}}""")]
    [InlineData("""{"id":"7","type":"publish","channel":"a","payload":{"data":"\x"}}""")]
    [InlineData("""{"id":"7","type":"publish","channel":"a","payload":{"data":"\u12g4"}}""")]
    [InlineData("""{"id":"7","type":"publish","channel":"a","payload":{"data":[1}}""")]
    [InlineData("{\"id\":\"7\",\"type\":\"publish\",\"channel\":\"a\",\"payload\":{\"data\":\"a\nb\"}}")]
    [InlineData("\ufeff{\"id\":\"7\",\"type\":\"ping\"}")]
    public void Message_NotJson_IsMalformed(string message)
    {
        var fault = Codec.ReadFault(message);

        Assert.True(fault.IsMalformed);
        Assert.Equal(RealtimeErrorCode.BadRequest, fault.Error.Code);
        Assert.Equal(message.StartsWith("{\"id\":\"7\"", StringComparison.Ordinal), fault.Id == new CommandId("7"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("\"type\"")]
    [InlineData("""[{"type":"ping","id":"7"}]""")]
    public void Message_NoObject_IsRefusedButNotMalformed(string message)
    {
        var fault = Codec.ReadFault(message);

        Assert.False(fault.IsMalformed);
        Assert.True(fault.Id.IsNone);
    }

    [Theory]
    [InlineData("{\"type\":\"publish\",\"channel\":\"a\",\"payload\":{\"data\":\"@\"}}")]
    [InlineData("{\"type\":\"publish\",\"channel\":\"a\",\"payload\":{\"data\":{\"@\":1}}}")]
    [InlineData("{\"type\":\"ping\",\"unknown\":\"@\"}")]
    [InlineData("{\"type\":\"ping\",\"@\":1}")]
    public void Message_NotUtf8_IsMalformed(string template)
    {
        byte[][] wrongs = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]];
        foreach (var wrong in wrongs)
        {
            var at = template.IndexOf('@', StringComparison.Ordinal);
            byte[] message =
                [.. Encoding.UTF8.GetBytes(template[..at]), .. wrong, .. Encoding.UTF8.GetBytes(template[(at + 1)..])];

            Assert.True(Codec.ReadFault(message).IsMalformed, Convert.ToHexString(wrong));
        }
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Data_DeeperThan60_IsRefused(string open, string close)
    {
        var deepest = (PublishCommand)Codec.ReadCommand(MessageWith(CommandLimits.MaxDataDepth));
        Assert.Equal(Nested(CommandLimits.MaxDataDepth), Encoding.UTF8.GetString(deepest.Payload.Bytes.Span));

        foreach (var depth in new[] { CommandLimits.MaxDataDepth + 1, 1000, 100_000 })
        {
            var fault = Codec.ReadFault(MessageWith(depth));
            Assert.Equal(RealtimeErrorCode.BadRequest, fault.Error.Code);
            Assert.Equal(new CommandId("7"), fault.Id);
            Assert.False(fault.IsMalformed);
        }

        string Nested(int depth) => string.Concat(Enumerable.Repeat(open, depth)) + "1"
            + string.Concat(Enumerable.Repeat(close, depth));
        string MessageWith(int depth) =>
            $$$"""{"type":"publish","channel":"a","payload":{"data":{{{Nested(depth)}}}},"id":"7"}""";
    }

    [Fact]
    public void UnknownField_DeeperThan64_IsRefused()
    {
        Codec.ReadCommand(MessageWith(CommandLimits.MaxDepth - 1));
        Assert.Equal(new CommandId("7"), Codec.ReadFault(MessageWith(CommandLimits.MaxDepth)).Id);

        static string MessageWith(int depth) =>
            $$$"""{"type":"ping","x":{{{new string('[', depth)}}}{{{new string(']', depth)}}},"id":"7"}""";
    }

    [Fact]
    public void Command_InSegmentsOfAnySize_IsTheSame()
    {
        var message = Encoding.UTF8.GetBytes(
            """{"type":"publish","id":"ä1","channel":"chat:a","payload":{"data":{"ö":"\u00e4"},"mid":"m","key":"k"}}""");
        var whole = Codec.ReadCommand(message);

        for (var size = 1; size < message.Length; size++)
        {
            Assert.True(Codec.TryReadCommand(message.InSegmentsOf(size), out var command, out _), size.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(whole, command);
        }
    }

    [Fact]
    public void Publish_Payload_IsNotTheInputsMemory()
    {
        var message = Encoding.UTF8.GetBytes("""{"type":"publish","channel":"a","payload":{"data":"abc"}}""");
        var command = (PublishCommand)Codec.ReadCommand(message);

        Array.Fill(message, (byte)'x');

        Assert.Equal(Payload.Json("\"abc\""), command.Payload);
    }

    [Fact]
    public void Publish_Read_AllocatesTheCommandItsTextsAndItsPayloadOnly()
    {
        var message = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(
            $$$"""{"type":"publish","id":"12345678","channel":"chat:room-42","payload":{"data":{"text":"{{{new string('x', 1000)}}}"},"mid":"abcdefgh"}}"""));
        Read();

        // 1011 bytes of data; a text takes 22 bytes and two per character; the rest is the command itself.
        const int data = 1011 + 24;
        const int texts = 3 * 24 + 2 * (8 + 12 + 8);
        const int command = 160;
        const int rounding = 4 * 8;
        const int rounds = 100;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < rounds; round++)
        {
            Read();
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;
        Assert.InRange(each, data, data + texts + command + rounding);

        void Read()
        {
            if (!Codec.TryReadCommand(message, out _, out _))
            {
                throw new InvalidOperationException("The message must be a command.");
            }
        }
    }
}
