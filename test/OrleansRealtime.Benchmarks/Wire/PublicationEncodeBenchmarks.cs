using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using OrleansRealtime.Benchmarks.Shared;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.ServerSentEvents;
using OrleansRealtime.Edge.WebSockets;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Benchmarks.Wire;

/// <summary>
/// A publication as a finished frame of each carrier, which is done once however many subscribers there are. The adverse forms
/// are payloads of nothing but escapes, and of a line break for every token, each of which is a line of its own in an event.
/// </summary>
[MemoryDiagnoser]
public class PublicationEncodeBenchmarks
{
    private static readonly WebSocketFormat Json = new(FrameFormat.WebSocketJsonSlot, FrameCodecs.All[0]);
    private static readonly WebSocketFormat Protobuf = new(FrameFormat.WebSocketProtobufSlot, FrameCodecs.All[1]);

    private PublicationFrame? _frame;
    private Realtime.V1.Frame? _generated;

    public enum Shape
    {
        Text,
        Escapes,
        Lines,
    }

    [ParamsAllValues]
    public Shape Payload { get; set; }

    [Params(128, 32_768, 65_536)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var json = Payload switch
        {
            Shape.Text => Samples.Text(PayloadBytes),
            Shape.Escapes => Samples.Escapes(PayloadBytes),
            _ => $"[{string.Join(",\n", Enumerable.Repeat("0", PayloadBytes / 3))}]",
        };
        var publication = Samples.Publication(json);
        _frame = new PublicationFrame(Samples.Channel, publication);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        Protobuf.Codec.WriteFrame(_frame, output);
        _generated = Realtime.V1.Frame.Parser.ParseFrom(output.WrittenSpan);
        Samples.Demand(_generated.ToByteArray().Length == output.WrittenCount, "both write the same");
        var lines = ServerSentEvents().Count(static value => value == (byte)'\n');
        Samples.Demand(lines == 1 + json.Count(static value => value == '\n'), "each line is one of the event");
    }

    [Benchmark(Baseline = true)]
    public byte[] SerializerOnly() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type = "publication",
        channel = Samples.Channel.Value,
        seq = _frame!.Publication.Sequence,
        ts = 1,
        from = "alice",
        mid = "c0ffee-17",
        payload = _frame.Publication.Payload.Bytes,
    });

    [Benchmark]
    public byte[] WebSocketJson() => Json.EncodePublication(_frame!);

    [Benchmark]
    public byte[] GoogleProtobufOnly() => _generated!.ToByteArray();

    [Benchmark]
    public byte[] WebSocketProtobuf() => Protobuf.EncodePublication(_frame!);

    [Benchmark]
    public byte[] ServerSentEvents() => EventStreamFormat.Instance.EncodePublication(_frame!);
}
