using BenchmarkDotNet.Attributes;
using OrleansRealtime.Benchmarks.Shared;
using OrleansRealtime.Edge.WebSockets;

namespace OrleansRealtime.Benchmarks.Wire;

/// <summary>Unmasking, beside the loop of RFC 6455; its adverse form is bytes that come one at a time.</summary>
[MemoryDiagnoser]
public class UnmaskBenchmarks
{
    private const uint Key = 0x3d21fa37;

    private byte[] _data = [];

    [Params(125, 65_536)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _data = new byte[Bytes];
        WebSocketMask.Apply(_data, Key);
        ByteLoop();
        Samples.Demand(_data.All(static value => value == 0), "both do the same");
    }

    [Benchmark(Baseline = true)]
    public byte ByteLoop()
    {
        Span<byte> mask = BitConverter.GetBytes(Key);
        for (var i = 0; i < _data.Length; i++)
        {
            _data[i] ^= mask[i & 3];
        }

        return _data[0];
    }

    [Benchmark]
    public uint Unmask() => WebSocketMask.Apply(_data, Key);

    [Benchmark]
    public uint UnmaskByteByByte()
    {
        var key = Key;
        foreach (ref var one in _data.AsSpan())
        {
            key = WebSocketMask.Apply(new Span<byte>(ref one), key);
        }

        return key;
    }
}
