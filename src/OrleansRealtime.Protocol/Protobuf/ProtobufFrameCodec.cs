using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime.Protocol.Protobuf;

/// <summary>
/// The Protobuf encoding, <c>realtime.v1.protobuf</c>, as <c>realtime.v1.proto</c> describes it. Stateless and safe for
/// concurrent use.
/// </summary>
/// <remarks>
/// A publisher says whether its data is JSON or binary; what it calls JSON is checked as in the JSON encoding, and the white
/// space around the value is dropped. A correlation id is always text.
/// </remarks>
public sealed class ProtobufFrameCodec : IFrameCodec
{
    private ProtobufFrameCodec()
    {
    }

    /// <summary>The one instance.</summary>
    public static ProtobufFrameCodec Instance { get; } = new();

    /// <inheritdoc/>
    public string Subprotocol => ProtocolVersion.ProtobufSubprotocol;

    /// <inheritdoc/>
    public bool IsBinary => true;

    /// <inheritdoc/>
    public bool TryReadCommand(
        in ReadOnlySequence<byte> message,
        [NotNullWhen(true)] out ClientCommand? command,
        [NotNullWhen(false)] out CommandFault? fault)
    {
        using var flat = new FlatMessage(message);
        return default(ProtobufCommandReader).TryRead(flat.Span, out command, out fault);
    }

    /// <inheritdoc/>
    public void WriteCommand(ClientCommand command, IBufferWriter<byte> output) =>
        ProtobufCommandWriter.Write(command, output);

    /// <inheritdoc/>
    public bool TryReadFrame(in ReadOnlySequence<byte> message, [NotNullWhen(true)] out ServerFrame? frame)
    {
        using var flat = new FlatMessage(message);
        return ProtobufFrameReader.TryRead(flat.Span, out frame);
    }

    /// <inheritdoc/>
    public void WriteFrame(ServerFrame frame, IBufferWriter<byte> output) => ProtobufFrameWriter.Write(frame, output);
}
