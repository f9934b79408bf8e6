using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime.Protocol;

/// <summary>One encoding of the protocol. Stateless and safe for concurrent use.</summary>
/// <remarks>
/// A codec checks form, types and the limits that the message types state; it never throws on bad input. What it reads is
/// copied out of the input, so the input may be reused at once.
/// </remarks>
public interface IFrameCodec
{
    /// <summary>The WebSocket subprotocol that selects this encoding, e.g. <c>realtime.v1.json</c>.</summary>
    string Subprotocol { get; }

    /// <summary>Whether messages travel in binary WebSocket frames; otherwise in text frames.</summary>
    bool IsBinary { get; }

    /// <summary>Reads one command.</summary>
    /// <returns>False with <paramref name="fault"/> when the message is no valid command.</returns>
    bool TryReadCommand(
        in ReadOnlySequence<byte> message,
        [NotNullWhen(true)] out ClientCommand? command,
        [NotNullWhen(false)] out CommandFault? fault);

    /// <summary>Writes one command, as a client does.</summary>
    void WriteCommand(ClientCommand command, IBufferWriter<byte> output);

    /// <summary>Reads one frame, as a client does.</summary>
    /// <returns>False when the message is no valid frame, or of a type unknown to this version.</returns>
    bool TryReadFrame(in ReadOnlySequence<byte> message, [NotNullWhen(true)] out ServerFrame? frame);

    /// <summary>Writes one frame.</summary>
    void WriteFrame(ServerFrame frame, IBufferWriter<byte> output);
}
