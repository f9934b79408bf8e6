using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime.Protocol.Json;

/// <summary>The JSON encoding (RFC 8259), <c>realtime.v1.json</c>. Stateless and safe for concurrent use.</summary>
/// <remarks>
/// <para>
/// Published JSON is passed on byte for byte: it is checked where it stands, copied out of a command once, and copied into a
/// frame once. Binary payloads travel as base64 text (RFC 4648, section 4) beside an <c>"encoding":"base64"</c>, both ways.
/// </para>
/// <para>
/// Unknown fields are ignored whatever they hold, and <c>null</c> stands for an absent field, except as <c>data</c>. A known
/// field that occurs twice is refused, because two readers may take different ones of the two.
/// </para>
/// </remarks>
public sealed class JsonFrameCodec : IFrameCodec
{
    private JsonFrameCodec()
    {
    }

    /// <summary>The one instance.</summary>
    public static JsonFrameCodec Instance { get; } = new();

    /// <inheritdoc/>
    public string Subprotocol => ProtocolVersion.JsonSubprotocol;

    /// <inheritdoc/>
    public bool IsBinary => false;

    /// <inheritdoc/>
    public bool TryReadCommand(
        in ReadOnlySequence<byte> message,
        [NotNullWhen(true)] out ClientCommand? command,
        [NotNullWhen(false)] out CommandFault? fault)
    {
        using var flat = new FlatMessage(message);
        return new JsonCommandReader(flat.Span).TryRead(out command, out fault);
    }

    /// <inheritdoc/>
    public void WriteCommand(ClientCommand command, IBufferWriter<byte> output) => JsonCommandWriter.Write(command, output);

    /// <inheritdoc/>
    public bool TryReadFrame(in ReadOnlySequence<byte> message, [NotNullWhen(true)] out ServerFrame? frame) =>
        JsonFrameReader.TryRead(message, out frame);

    /// <inheritdoc/>
    public void WriteFrame(ServerFrame frame, IBufferWriter<byte> output) => JsonFrameWriter.Write(frame, output);
}
