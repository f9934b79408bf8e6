using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using OrleansRealtime.Benchmarks.Shared;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Benchmarks.Wire;

/// <summary>A client's publish, from the bytes of its message to the command, beside the usual parsers of the same bytes.</summary>
[MemoryDiagnoser]
public class CommandParseBenchmarks
{
    private static readonly IFrameCodec Protobuf = FrameCodecs.All.Single(static codec => codec.IsBinary);

    private byte[] _json = [];
    private byte[] _protobuf = [];

    [Params(64, 4096)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _json = Samples.Publish(Samples.Text(PayloadBytes));
        Samples.Demand(FrameCodecs.Default.TryReadCommand(new(_json), out var command, out _), "the publish is read");
        var output = new ArrayBufferWriter<byte>();
        Protobuf.WriteCommand(command!, output);
        _protobuf = output.WrittenSpan.ToArray();
        Samples.Demand(
            Protobuf.TryReadCommand(new(_protobuf), out var same, out _) && same == command, "both encodings mean the same");
        Samples.Demand(Realtime.V1.Command.Parser.ParseFrom(_protobuf).Publish.Mid == "c0ffee-17", "others read it too");
    }

    [Benchmark(Baseline = true)]
    public int JsonDocumentOnly()
    {
        using var document = JsonDocument.Parse(_json);
        return document.RootElement.GetProperty("payload").GetProperty("data").GetRawText().Length;
    }

    [Benchmark]
    public object Json() => FrameCodecs.Default.TryReadCommand(new(_json), out var command, out _) ? command : this;

    [Benchmark]
    public object GoogleProtobufOnly() => Realtime.V1.Command.Parser.ParseFrom(_protobuf);

    [Benchmark]
    public object ProtobufCodec() => Protobuf.TryReadCommand(new(_protobuf), out var command, out _) ? command : this;
}
