using System.Buffers.Binary;
using System.Text;

namespace OrleansRealtime.Testing.Wire;

/// <summary>A frame as it came from a server. Immutable.</summary>
/// <param name="Opcode">1 text, 2 binary, 8 close, 9 ping, 10 pong.</param>
/// <param name="Payload">The payload, expanded if it was compressed.</param>
public sealed record RawFrame(int Opcode, byte[] Payload)
{
    /// <summary>Whether it was compressed.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>What a close frame says; code 1005 when it says nothing.</summary>
    public CloseReason CloseReason =>
        Payload.Length < 2
            ? new CloseReason(1005, "")
            : new CloseReason(BinaryPrimitives.ReadUInt16BigEndian(Payload), Encoding.UTF8.GetString(Payload.AsSpan(2)));

    public override string ToString() =>
        Opcode switch
        {
            1 => Encoding.UTF8.GetString(Payload),
            8 => $"close {CloseReason.Code} {CloseReason.Reason}",
            9 => "ping",
            10 => "pong",
            _ => $"opcode {Opcode} {Convert.ToHexString(Payload)}",
        };
}
