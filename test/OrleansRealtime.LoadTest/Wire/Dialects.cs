using System.Text;

namespace OrleansRealtime.LoadTest.Wire;

/// <summary>A room and a broadcast with nothing around: <c>S channel</c> subscribes, <c>P channel data</c> publishes.</summary>
internal sealed class PlainDialect : Dialect
{
    public override string Path => "/";

    public override IEnumerable<byte[]> Join(int client, string channel, Position? from) => [Encoding.ASCII.GetBytes("S " + channel)];

    public override bool TryReadJoined(ReadOnlySpan<byte> message, out Joined joined)
    {
        joined = default;
        return message.SequenceEqual("joined"u8);
    }

    public override byte[] Publish(string channel, ReadOnlySpan<byte> json) =>
        [.. Encoding.ASCII.GetBytes($"P {channel} "), .. json];
}

/// <summary>SignalR's JSON hub protocol, without negotiation.</summary>
internal sealed class SignalRDialect : Dialect
{
    public override string Path => "/hub";

    public override IEnumerable<byte[]> Join(int client, string channel, Position? from) =>
    [
        [.. """{"protocol":"json","version":1}"""u8, 0x1e],
        [.. Encoding.ASCII.GetBytes($$"""{"type":1,"invocationId":"1","target":"Join","arguments":["{{channel}}"]}"""), 0x1e],
    ];

    public override bool TryReadJoined(ReadOnlySpan<byte> message, out Joined joined)
    {
        joined = default;
        return message.IndexOf("\"invocationId\":\"1\""u8) >= 0;
    }

    public override byte[] Publish(string channel, ReadOnlySpan<byte> json) =>
        [.. Encoding.ASCII.GetBytes($$"""{"type":1,"target":"Publish","arguments":["{{channel}}","""), .. json, .. "]}"u8, 0x1e];
}

/// <summary>Socket.IO 4 over WebSocket only. It ends a client that says something before its namespace has answered.</summary>
internal sealed class SocketIoDialect : Dialect
{
    public override string Path => "/socket.io/?EIO=4&transport=websocket";

    public override IEnumerable<byte[]> Join(int client, string channel, Position? from) =>
        ["40"u8.ToArray()];

    public override bool TryReadJoined(ReadOnlySpan<byte> message, out Joined joined)
    {
        joined = default;
        return message.StartsWith("430"u8);
    }

    public override byte[]? Answer(ReadOnlySpan<byte> message, string channel) =>
        message.SequenceEqual("2"u8) ? "3"u8.ToArray()
        : message.StartsWith("40"u8) ? Encoding.ASCII.GetBytes($$"""420["join","{{channel}}"]""")
        : null;

    public override byte[] Publish(string channel, ReadOnlySpan<byte> json) =>
        [.. Encoding.ASCII.GetBytes($$"""42["publish","{{channel}}","""), .. json, .. "]"u8];
}
