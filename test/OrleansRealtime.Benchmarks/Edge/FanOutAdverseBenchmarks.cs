using BenchmarkDotNet.Attributes;
using OrleansRealtime.Benchmarks.Shared;

namespace OrleansRealtime.Benchmarks.Edge;

/// <summary>A publish to a channel half of whose subscribers have stopped reading long ago, by what their policy does with them.</summary>
[MemoryDiagnoser]
public class FanOutAdverseBenchmarks
{
    private const int QueueBytes = 16 * 1024;

    private EdgeRig? _rig;

    [Params(100, 1000)]
    public int Subscribers { get; set; }

    // «close» is not here: it has no slow readers after the first round.
    [Params(SlowReaderPolicy.CatchUp, SlowReaderPolicy.Latest, SlowReaderPolicy.Drop)]
    public SlowReaderPolicy SlowReader { get; set; }

    [Params(false, true)]
    public bool Compact { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _rig = new EdgeRig(OpenPolicies.Memory with { SlowReader = SlowReader, Compact = Compact }, queueBytes: QueueBytes);
        _rig.Subscribe(Subscribers);
        for (var i = 0; i < Subscribers; i += 2)
        {
            _rig.Transports[i].IsStalled = true;
        }

        // Beyond what the queues, the replay cache of the edge and that of the channel hold, so that every round is like the last.
        for (var i = 0; i < 3000; i++)
        {
            _rig.Publish();
        }

        var (slow, good) = (_rig.Transports[0].Writes, _rig.Transports[1].Writes);
        _rig.Publish();
        Samples.Demand(
            _rig.Transports[0].Writes == slow && _rig.Transports[1].Writes == good + 1, "the others are written to, the slow are not");
    }

    [GlobalCleanup]
    public void Cleanup() => _rig?.Dispose();

    [Benchmark]
    public long Publish() => _rig!.Publish();
}
