using BenchmarkDotNet.Attributes;
using OrleansRealtime.Benchmarks.Shared;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Benchmarks.Core;

/// <summary>A publish to a channel whose publishers, by mistake or in bad faith, make it remember as much as it can.</summary>
[MemoryDiagnoser]
public class ChannelPublishAdverseBenchmarks
{
    private PublishRequest[] _requests = [];
    private ChannelPolicy _policy = OpenPolicies.Memory;
    private ChannelMachine? _machine;
    private int _next;

    public enum Mischief
    {
        AllDuplicates,
        ManyKeys,
        KeysComeAndGo,
        ManySendersWithRates,
        LongestTexts,
    }

    [ParamsAllValues]
    public Mischief By { get; set; }

    [Params(100, 9_000)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _policy = By switch
        {
            Mischief.ManyKeys or Mischief.KeysComeAndGo => OpenPolicies.Memory with { Compact = true },
            Mischief.ManySendersWithRates => OpenPolicies.Memory with { Limits = new ChannelLimits(64 * 1024, int.MaxValue, int.MaxValue) },
            _ => OpenPolicies.Memory,
        };
        _requests = [.. Enumerable.Range(0, Count).Select(Request)];
        _machine = new ChannelMachine(Samples.Channel, new Position(new Epoch("e"), 0), 1, Durability.Memory, behavior: null);
        for (var i = 0; i < 2 * Count; i++)
        {
            Publish();
        }

        var head = _machine.Head.Sequence;
        Samples.Demand(Publish() == (By == Mischief.AllDuplicates ? head : head + 1), "only duplicates are not published");
    }

    [Benchmark]
    public long Publish() => ChannelPublishBenchmarks.Publish(_machine!, _requests[_next++ % _requests.Length], _policy);

    private PublishRequest Request(int index)
    {
        var alice = Caller.OfUser(UserId.Parse("alice"));
        return By switch
        {
            Mischief.AllDuplicates => new(alice, Payload.Json("1"), $"m{index % MessageIndex.MinCount}"),
            Mischief.ManyKeys => new(alice, Payload.Json("1"), Key: $"k{index}"),
            Mischief.KeysComeAndGo => new(alice, Payload.Json(index % 2 == 0 ? "1" : "null"), Key: $"k{index / 2}"),
            Mischief.ManySendersWithRates => new(Caller.OfUser(UserId.Parse($"u{index}")), Payload.Json("1")),
            Mischief.LongestTexts => new(alice, Payload.Json("1"), Key: new string('ä', Publication.MaxKeyLength)),
            _ => throw new InvalidOperationException(),
        };
    }
}
