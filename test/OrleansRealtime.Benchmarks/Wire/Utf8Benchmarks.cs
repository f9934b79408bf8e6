using System.Text;
using System.Text.Unicode;
using BenchmarkDotNet.Attributes;
using OrleansRealtime.Benchmarks.Shared;
using OrleansRealtime.Edge.WebSockets;

namespace OrleansRealtime.Benchmarks.Wire;

/// <summary>The check of text that comes in pieces, beside the check of a whole; its adverse form cuts every character.</summary>
[MemoryDiagnoser]
public class Utf8Benchmarks
{
    private byte[] _text = [];

    [Params(125, 65_536)]
    public int Bytes { get; set; }

    [Params("x", "ä", "😀")]
    public string Character { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var character = Encoding.UTF8.GetBytes(Character);
        _text = [.. Enumerable.Repeat(character, Bytes / character.Length).SelectMany(static bytes => bytes)];
        Samples.Demand(Whole() && InOnePiece() && ByteByByte(), "all find the text good");
    }

    [Benchmark(Baseline = true)]
    public bool Whole() => Utf8.IsValid(_text);

    [Benchmark]
    public bool InOnePiece()
    {
        var check = default(Utf8Check);
        return check.TryAccept(_text) && !check.IsInsideCharacter;
    }

    [Benchmark]
    public bool ByteByByte()
    {
        var check = default(Utf8Check);
        foreach (ref var one in _text.AsSpan())
        {
            if (!check.TryAccept(new ReadOnlySpan<byte>(ref one)))
            {
                return false;
            }
        }

        return !check.IsInsideCharacter;
    }
}
