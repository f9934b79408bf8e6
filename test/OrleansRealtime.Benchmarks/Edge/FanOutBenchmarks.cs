using BenchmarkDotNet.Attributes;
using OrleansRealtime.Benchmarks.Shared;

namespace OrleansRealtime.Benchmarks.Edge;

/// <summary>
/// A publish to a channel of idle subscribers: sequenced, encoded once, and given to every carrier by one walk. Nobody is the
/// baseline, so the rest is what subscribers cost; it must grow with their number and no faster, and allocate nothing.
/// </summary>
[MemoryDiagnoser]
public class FanOutBenchmarks
{
    private EdgeRig? _rig;

    [Params(0, 1, 100, 10_000)]
    public int Subscribers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _rig = new EdgeRig(OpenPolicies.Memory);
        _rig.Subscribe(Subscribers);
    }

    [GlobalCleanup]
    public void Cleanup() => _rig?.Dispose();

    [Benchmark]
    public long Publish() => _rig!.Publish();
}
