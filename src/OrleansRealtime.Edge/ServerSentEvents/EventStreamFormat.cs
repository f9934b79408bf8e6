using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.ServerSentEvents;

/// <summary>Frames as server-sent events (HTML standard, section 9.2): the data of an event is the frame.</summary>
/// <remarks>
/// The data of a publication is shared by all streams, the <c>id</c> is not. Both belong to one event, or a stream that is cut
/// between them would repeat or skip it (decision 0027): so the shared part ends before the blank line, and the id closes it.
/// </remarks>
internal sealed class EventStreamFormat : FrameFormat
{
    private static readonly byte[] Ping = ":\n\n"u8.ToArray();

    private EventStreamFormat()
        : base(ServerSentEventsSlot, FrameCodecs.Default)
    {
    }

    /// <summary>The one instance.</summary>
    public static EventStreamFormat Instance { get; } = new();

    /// <inheritdoc/>
    public override bool TracksPositions => true;

    /// <inheritdoc/>
    public override byte[] Encode(ServerFrame frame) => [.. EncodeOpen(frame), (byte)'\n'];

    /// <inheritdoc/>
    public override byte[] EncodeOpen(ServerFrame frame)
    {
        var json = new ArrayBufferWriter<byte>(256);
        Codec.WriteFrame(frame, json);
        var output = new ArrayBufferWriter<byte>(json.WrittenCount + 64);
        if (frame is ReconnectFrame reconnect)
        {
            // EventSource comes back by itself; this is the only way to tell it when.
            output.Write(Retry(reconnect.After));
        }

        WriteData(output, json.WrittenSpan);
        return output.WrittenSpan.ToArray();
    }

    /// <inheritdoc/>
    public override byte[] EncodePing() => Ping;

    /// <inheritdoc/>
    public override byte[] EncodeClose(CloseReason reason)
    {
        var json = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "close");
            writer.WriteStartObject("payload");
            writer.WriteNumber("code", reason.Code);
            writer.WriteString("reason", reason.Reason);
            writer.WriteBoolean("retryable", reason.IsRetryable);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        var output = new ArrayBufferWriter<byte>(json.WrittenCount + 32);
        WriteData(output, json.WrittenSpan);
        output.Write("\n"u8);
        return output.WrittenSpan.ToArray();
    }

    /// <inheritdoc/>
    public override byte[] EncodePositions(IReadOnlyList<ChannelPosition> positions) =>
        Encoding.ASCII.GetBytes($"id: {PositionToken.Write(positions)}\n\n");

    /// <summary>Tells the client how long to wait before it comes back.</summary>
    public static byte[] Retry(TimeSpan after) => Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"retry: {(long)after.TotalMilliseconds}\n"));

    /// <summary>
    /// Payloads are copied as they came, so the JSON may be spread over lines; each becomes one <c>data:</c> line, and the client
    /// joins them by line feeds. Line breaks stand only between tokens of JSON, where any of them means the same.
    /// </summary>
    private static void WriteData(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        while (true)
        {
            var end = json.IndexOfAny((byte)'\r', (byte)'\n');
            output.Write("data: "u8);
            output.Write(end < 0 ? json : json[..end]);
            output.Write("\n"u8);
            if (end < 0)
            {
                return;
            }

            json = json[(end + 1)..];
        }
    }
}
