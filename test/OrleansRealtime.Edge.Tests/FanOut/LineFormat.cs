using System.Buffers;
using System.Text;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>Frames as lines of JSON, so that a test reads them without a socket. Counts how often it encodes a publication.</summary>
internal sealed class LineFormat() : FrameFormat(WebSocketJsonSlot, FrameCodecs.Default)
{
    public const string Ping = "ping";
    public const string Close = "close ";

    private int _publicationsEncoded;

    public int PublicationsEncoded => Volatile.Read(ref _publicationsEncoded);

    public override byte[] Encode(ServerFrame frame)
    {
        if (frame is PublicationFrame)
        {
            Interlocked.Increment(ref _publicationsEncoded);
        }

        var output = new ArrayBufferWriter<byte>();
        Codec.WriteFrame(frame, output);
        output.Write("\n"u8);
        return output.WrittenSpan.ToArray();
    }

    public override byte[] EncodePing() => Encoding.UTF8.GetBytes(Ping + "\n");

    public override byte[] EncodeClose(CloseReason reason) => Encoding.UTF8.GetBytes($"{Close}{reason.Code}\n");
}
