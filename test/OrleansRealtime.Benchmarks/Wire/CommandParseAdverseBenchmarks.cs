using System.Text.Json;
using BenchmarkDotNet.Attributes;
using OrleansRealtime.Benchmarks.Shared;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Benchmarks.Wire;

/// <summary>Messages made to be slow to read. Twice the size must cost no more than about twice the time.</summary>
[MemoryDiagnoser]
public class CommandParseAdverseBenchmarks
{
    private byte[] _message = [];

    public enum Shape
    {
        NestedToTheLimit,
        NestedBeyondTheLimit,
        NothingButEscapes,
        ManySmallValues,
        UnknownFields,
        RepeatedFields,
        EscapedNames,
    }

    [ParamsAllValues]
    public Shape Message { get; set; }

    [Params(32 * 1024, 64 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var nested = Samples.Nested(CommandLimits.MaxDataDepth);
        _message = Message switch
        {
            Shape.NestedToTheLimit => Samples.Publish($"[{Fill(Samples.Nested(CommandLimits.MaxDataDepth - 1))}]"),
            Shape.NestedBeyondTheLimit => Samples.Publish(Samples.Nested(Bytes / 2)),
            Shape.NothingButEscapes => Samples.Publish(Samples.Escapes(Bytes)),
            Shape.ManySmallValues => Samples.Publish($"[{Fill("0")}]"),
            Shape.UnknownFields => Samples.Publish(nested, Fill("\"x\":{\"y\":[]}") + ","),
            Shape.RepeatedFields => Samples.Publish("0", Fill("\"id\":\"17\"") + ","),
            Shape.EscapedNames => Samples.Publish("0", Fill("\"\\u0069\\u0070\":0") + ","),
            _ => throw new InvalidOperationException(),
        };
        var isGood = Message is not (Shape.NestedBeyondTheLimit or Shape.RepeatedFields);
        Samples.Demand(FrameCodecs.Default.TryReadCommand(new(_message), out _, out _) == isGood, $"{Message} is judged rightly");
    }

    [Benchmark(Baseline = true)]
    public int JsonDocumentOnly()
    {
        using var document = JsonDocument.Parse(_message, new JsonDocumentOptions { MaxDepth = int.MaxValue });
        return document.RootElement.ValueKind == JsonValueKind.Object ? 1 : 0;
    }

    [Benchmark]
    public object Json() => FrameCodecs.Default.TryReadCommand(new(_message), out var command, out var fault) ? command : fault;

    private string Fill(string item) => string.Join(',', Enumerable.Repeat(item, Bytes / (item.Length + 1)));
}
