using System.Text;

namespace OrleansRealtime.LoadTest.Wire;

/// <summary>Ours, in JSON: token and subscribe in one go.</summary>
internal sealed class JsonDialect(Func<int, string> token) : Dialect
{
    public override string Path => "/v1/ws";

    public override string HandshakeLines(int client) => "Sec-WebSocket-Protocol: realtime.v1.json\r\n";

    public override IEnumerable<byte[]> Join(int client, string channel)
    {
        yield return Encoding.ASCII.GetBytes($$$"""{"type":"auth","id":1,"payload":{"token":"{{{token(client)}}}","v":1}}""");
        yield return Encoding.ASCII.GetBytes($$"""{"type":"subscribe","id":2,"channel":"{{channel}}"}""");
    }

    public override bool IsJoined(ReadOnlySpan<byte> message) => message.IndexOf("\"id\":2,"u8) >= 0;

    public override byte[] Publish(string channel, ReadOnlySpan<byte> json) =>
        [.. Encoding.ASCII.GetBytes($$"""{"type":"publish","channel":"{{channel}}","payload":{"data":"""), .. json, .. "}}"u8];
}

/// <summary>A room and a broadcast with nothing around: <c>S channel</c> subscribes, <c>P channel data</c> publishes.</summary>
internal sealed class PlainDialect : Dialect
{
    public override string Path => "/";

    public override IEnumerable<byte[]> Join(int client, string channel) => [Encoding.ASCII.GetBytes("S " + channel)];

    public override bool IsJoined(ReadOnlySpan<byte> message) => message.SequenceEqual("joined"u8);

    public override byte[] Publish(string channel, ReadOnlySpan<byte> json) =>
        [.. Encoding.ASCII.GetBytes($"P {channel} "), .. json];
}

/// <summary>SignalR's JSON hub protocol, without negotiation.</summary>
internal sealed class SignalRDialect : Dialect
{
    public override string Path => "/hub";

    public override IEnumerable<byte[]> Join(int client, string channel) =>
    [
        [.. """{"protocol":"json","version":1}"""u8, 0x1e],
        [.. Encoding.ASCII.GetBytes($$"""{"type":1,"invocationId":"1","target":"Join","arguments":["{{channel}}"]}"""), 0x1e],
    ];

    public override bool IsJoined(ReadOnlySpan<byte> message) => message.IndexOf("\"invocationId\":\"1\""u8) >= 0;

    public override byte[] Publish(string channel, ReadOnlySpan<byte> json) =>
        [.. Encoding.ASCII.GetBytes($$"""{"type":1,"target":"Publish","arguments":["{{channel}}","""), .. json, .. "]}"u8, 0x1e];
}

/// <summary>Socket.IO 4 over WebSocket only.</summary>
internal sealed class SocketIoDialect : Dialect
{
    public override string Path => "/socket.io/?EIO=4&transport=websocket";

    public override IEnumerable<byte[]> Join(int client, string channel) =>
        ["40"u8.ToArray(), Encoding.ASCII.GetBytes($$"""420["join","{{channel}}"]""")];

    public override bool IsJoined(ReadOnlySpan<byte> message) => message.StartsWith("430"u8);

    public override byte[]? Answer(ReadOnlySpan<byte> message) => message.SequenceEqual("2"u8) ? "3"u8.ToArray() : null;

    public override byte[] Publish(string channel, ReadOnlySpan<byte> json) =>
        [.. Encoding.ASCII.GetBytes($$"""42["publish","{{channel}}","""), .. json, .. "]"u8];
}
