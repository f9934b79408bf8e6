using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.ServerSentEvents;

/// <summary>Frames as server-sent events (HTML standard, section 9.2): the event is named as the frame's type, its data is the frame.</summary>
/// <remarks>
/// Shared by all streams, so it carries no <c>id</c>: that follows a run of publications as an event without data, which moves
/// the client's last event id and dispatches nothing.
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
    public override byte[] Encode(ServerFrame frame)
    {
        var json = new ArrayBufferWriter<byte>(256);
        Codec.WriteFrame(frame, json);
        var output = new ArrayBufferWriter<byte>(json.WrittenCount + 64);
        if (frame is ReconnectFrame reconnect)
        {
            // EventSource comes back by itself; this is the only way to tell it when.
            output.Write(Retry(reconnect.After));
        }

        Begin(output, NameOf(frame));
        WriteData(output, json.WrittenSpan);
        output.Write("\n"u8);
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
        Begin(output, "close");
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

    private static void Begin(ArrayBufferWriter<byte> output, string name)
    {
        output.Write("event: "u8);
        output.Write(Encoding.ASCII.GetBytes(name));
        output.Write("\n"u8);
    }

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

    private static string NameOf(ServerFrame frame) => frame switch
    {
        PublicationFrame => "publication",
        SignalFrame => "signal",
        AuthAckFrame => "auth_ack",
        AckFrame => "ack",
        JoinFrame => "join",
        LeaveFrame => "leave",
        GapFrame => "gap",
        ResetFrame => "reset",
        UnsubscribedFrame => "unsubscribed",
        ExpiringFrame => "expiring",
        ReconnectFrame => "reconnect",
        ErrorFrame => "error",
        PongFrame => "pong",
        _ => throw new InvalidOperationException($"No event is named for {frame.GetType().Name}."),
    };
}
