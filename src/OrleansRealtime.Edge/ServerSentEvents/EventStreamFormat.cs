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
    // A thread keeps what most frames need, as for WebSockets.
    private const int MaxScratch = 64 * 1024;

    private static readonly byte[] Ping = ":\n\n"u8.ToArray();

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? scratch;

    private EventStreamFormat()
        : base(ServerSentEventsSlot, FrameCodecs.Default)
    {
    }

    private static ReadOnlySpan<byte> Field => "data: "u8;

    /// <summary>The one instance.</summary>
    public static EventStreamFormat Instance { get; } = new();

    /// <inheritdoc/>
    public override bool TracksPositions => true;

    /// <inheritdoc/>
    public override byte[] Encode(ServerFrame frame) => Encode(frame, end: "\n"u8);

    /// <inheritdoc/>
    public override byte[] EncodeOpen(ServerFrame frame) => Encode(frame, end: []);

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

        return Finish(start: [], json.WrittenSpan, end: "\n"u8);
    }

    /// <inheritdoc/>
    public override byte[] EncodePositions(IReadOnlyList<ChannelPosition> positions) =>
        Encoding.ASCII.GetBytes($"id: {PositionToken.Write(positions)}\n\n");

    /// <summary>Tells the client how long to wait before it comes back.</summary>
    public static byte[] Retry(TimeSpan after) => Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"retry: {(long)after.TotalMilliseconds}\n"));

    private byte[] Encode(ServerFrame frame, ReadOnlySpan<byte> end)
    {
        var json = scratch ?? new ArrayBufferWriter<byte>(1024);
        json.ResetWrittenCount();
        Codec.WriteFrame(frame, json);
        scratch = json.Capacity > MaxScratch ? null : json;

        // EventSource comes back by itself; this is the only way to tell it when.
        ReadOnlySpan<byte> start = frame is ReconnectFrame reconnect ? Retry(reconnect.After) : [];
        return Finish(start, json.WrittenSpan, end);
    }

    /// <summary>
    /// Payloads are copied as they came, so the JSON may be spread over lines; each becomes one <c>data:</c> line, and the client
    /// joins them by line feeds. Line breaks stand only between tokens of JSON, where any of them means the same.
    /// </summary>
    private static byte[] Finish(ReadOnlySpan<byte> start, ReadOnlySpan<byte> json, ReadOnlySpan<byte> end)
    {
        var breaks = json.Count((byte)'\r') + json.Count((byte)'\n');
        var finished = new byte[start.Length + ((breaks + 1) * Field.Length) + json.Length + 1 + end.Length];
        var rest = Put(finished, start);
        for (var i = 0; i <= breaks; i++)
        {
            var length = i < breaks ? json.IndexOfAny((byte)'\r', (byte)'\n') : json.Length;
            rest = Put(rest, Field);
            rest = Put(rest, json[..length]);
            rest = Put(rest, "\n"u8);
            json = i < breaks ? json[(length + 1)..] : [];
        }

        Put(rest, end);
        return finished;
    }

    private static Span<byte> Put(Span<byte> target, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target);
        return target[bytes.Length..];
    }
}
