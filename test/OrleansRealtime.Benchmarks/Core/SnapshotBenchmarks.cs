using BenchmarkDotNet.Attributes;
using OrleansRealtime.Benchmarks.Shared;
using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Benchmarks.Core;

/// <summary>
/// The snapshot of a compact channel, which who subscribes to it is given. It is adverse as it is: most keys were set long ago, in
/// no order.
/// </summary>
[MemoryDiagnoser]
public class SnapshotBenchmarks
{
    private readonly CompactIndex _index = new(since: 0);

    [Params(100, 1000, CompactIndex.MaxKeys)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        for (var i = 1; i <= 2 * Keys; i++)
        {
            _index.Apply(Samples.Publication("1", i, messageId: null, key: $"k{i * 7919 % Keys}"));
        }

        Samples.Demand(Snapshot() == Keys, "every key is there");
    }

    [Benchmark]
    public int Snapshot() => _index.Snapshot().Length;
}
