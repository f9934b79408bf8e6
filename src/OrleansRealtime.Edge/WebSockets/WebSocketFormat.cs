using System.Buffers;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Frames as WebSocket messages: header and payload in one finished array.</summary>
internal class WebSocketFormat : FrameFormat
{
    // A thread keeps what most frames need; an answer of history may be a hundred times that.
    private const int MaxScratch = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? scratch;

    private readonly WebSocketOpcode _opcode;
    private readonly byte[] _ping;

    /// <summary>Creates the format of <paramref name="slot"/>.</summary>
    public WebSocketFormat(int slot, IFrameCodec codec)
        : base(slot, codec)
    {
        _opcode = codec.IsBinary ? WebSocketOpcode.Binary : WebSocketOpcode.Text;
        Span<byte> ping = stackalloc byte[WebSocketFrameWriter.MaxControlFrameLength];
        _ping = ping[..WebSocketFrameWriter.WritePing(ping, [])].ToArray();
    }

    /// <inheritdoc/>
    public sealed override byte[] Encode(ServerFrame frame) => Finish(Write(frame), isCompressed: false);

    /// <inheritdoc/>
    public override byte[] EncodePing() => _ping;

    /// <inheritdoc/>
    public override byte[] EncodeClose(CloseReason reason)
    {
        Span<byte> close = stackalloc byte[WebSocketFrameWriter.MaxControlFrameLength];
        return close[..WebSocketFrameWriter.WriteClose(close, reason)].ToArray();
    }

    /// <summary>The answer to a ping.</summary>
    public static byte[] EncodePong(in ReadOnlySequence<byte> payload)
    {
        Span<byte> copied = stackalloc byte[WebSocketFrameWriter.MaxControlPayloadLength];
        payload.CopyTo(copied);
        Span<byte> pong = stackalloc byte[WebSocketFrameWriter.MaxControlFrameLength];
        return pong[..WebSocketFrameWriter.WritePong(pong, copied[..(int)payload.Length])].ToArray();
    }

    /// <summary>The payload of a frame's message, in memory of this thread until the next one.</summary>
    protected ReadOnlySpan<byte> Write(ServerFrame frame)
    {
        var payload = scratch ?? new ArrayBufferWriter<byte>(1024);
        payload.ResetWrittenCount();
        Codec.WriteFrame(frame, payload);
        scratch = payload.Capacity > MaxScratch ? null : payload;
        return payload.WrittenSpan;
    }

    /// <summary>A message in one finished array.</summary>
    protected byte[] Finish(ReadOnlySpan<byte> payload, bool isCompressed)
    {
        var finished = new byte[WebSocketFrameWriter.HeaderLength(payload.Length) + payload.Length];
        var header = WebSocketFrameWriter.WriteHeader(finished, _opcode, payload.Length, isCompressed);
        payload.CopyTo(finished.AsSpan(header));
        return finished;
    }
}
