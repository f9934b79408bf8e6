using System.Buffers;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.LoadTest.Wire;

/// <summary>Ours, in one of its encodings: token and subscribe in one go.</summary>
internal sealed class OurDialect(Func<int, string> token, IFrameCodec codec) : Dialect
{
    public override string Path => "/v1/ws";

    public override bool IsBinary => codec.IsBinary;

    public override string HandshakeLines(int client) => $"Sec-WebSocket-Protocol: {codec.Subprotocol}\r\n";

    public override IEnumerable<byte[]> Join(int client, string channel, Position? from) =>
    [
        Encode(new AuthCommand(new CommandId("1"), token(client), 1, [], null)),
        Encode(new SubscribeCommand(new CommandId("2"), ChannelName.Parse(channel), from, 0, false, null)),
    ];

    public override bool TryReadJoined(ReadOnlySpan<byte> message, out Joined joined)
    {
        if (Decode(message) is AckFrame { Payload: SubscribedAck subscribed })
        {
            joined = new Joined(subscribed.Position.Epoch, subscribed.Recovered);
            return true;
        }

        joined = default;
        return false;
    }

    public override bool IsGap(ReadOnlySpan<byte> message) => Decode(message) is GapFrame;

    public override byte[] Publish(string channel, ReadOnlySpan<byte> json) => Encode(
        new PublishCommand(default, ChannelName.Parse(channel), Payload.Json(json.ToArray()), null, null));

    private byte[] Encode(ClientCommand command)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.WriteCommand(command, output);
        return output.WrittenSpan.ToArray();
    }

    private ServerFrame? Decode(ReadOnlySpan<byte> message) =>
        codec.TryReadFrame(new ReadOnlySequence<byte>(message.ToArray()), out var frame) ? frame : null;
}
