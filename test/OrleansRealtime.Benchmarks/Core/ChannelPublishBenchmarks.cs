using BenchmarkDotNet.Attributes;
using OrleansRealtime.Benchmarks.Shared;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Benchmarks.Core;

/// <summary>
/// A publish of a memory channel: the machine alone, which decides and keeps, and by its host in the embedded runtime. Message ids
/// are new each time; of those, a ring is twice as long as what the channel remembers.
/// </summary>
[MemoryDiagnoser]
public class ChannelPublishBenchmarks
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    private readonly PublishRequest[] _requests = new PublishRequest[2 * MessageIndex.MinCount];
    private ChannelMachine? _machine;
    private EdgeRig? _rig;
    private int _nextOfMachine;
    private int _nextOfHost;

    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < _requests.Length; i++)
        {
            _requests[i] = new PublishRequest(Caller.OfUser(UserId.Parse("alice")), Payload.Json("1"), $"message-{i}");
        }

        _rig = new EdgeRig(OpenPolicies.Memory);
        _machine = new ChannelMachine(Samples.Channel, new Position(new Epoch("e"), 0), 1, Durability.Memory, behavior: null);
        for (var i = 1; i <= 2 * _requests.Length; i++)
        {
            Samples.Demand(Machine() == i && Host() == i, "each is a publication of its own");
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _rig?.Dispose();

    [Benchmark(Baseline = true)]
    public long Machine() => Publish(_machine!, _requests[_nextOfMachine++ % _requests.Length], OpenPolicies.Memory);

    [Benchmark]
    public long Host() =>
        _rig!.Channel.PublishAsync(_requests[_nextOfHost++ % _requests.Length], CancellationToken.None).Result.Position.Sequence;

    internal static long Publish(ChannelMachine machine, PublishRequest request, ChannelPolicy policy)
    {
        if (machine.Admit(request, policy, Now).Kind == PublishDecisionKind.Admitted)
        {
            machine.Stage(request, policy, Now);
            machine.Commit(machine.StagedBatch(), policy, Now);
        }

        return machine.Head.Sequence;
    }
}
