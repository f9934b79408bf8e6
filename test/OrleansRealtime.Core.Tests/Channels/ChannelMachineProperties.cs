using FsCheck;
using FsCheck.Fluent;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Tests.Channels;

/// <summary>Random operations on the machine against a model that is too simple to be wrong. Each number is one operation.</summary>
public sealed class ChannelMachineProperties
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(60);

    [Fact]
    public void Numbers_AnyStagesCommitsAndAborts_AreContiguousAndEachMessageIdHasOne() => Check.One(
        Runs,
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), NumbersHold));

    [Fact]
    public void Retention_AnySizesAndTimes_KeepsExactlyTheNewestWithinAllLimits() => Check.One(
        Runs,
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), RetentionHolds));

    [Fact]
    public void Snapshot_AnyKeysAndTombstones_IsTheLatestOfEach() => Check.One(
        Runs,
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), SnapshotHolds));

    [Fact]
    public void Rates_AnyTimes_NeverExceedTheRateAndHonourTheWaitTheyName() => Check.One(
        Runs,
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), RatesHold));

    private static void NumbersHold(int[] operations)
    {
        var policy = new ChannelPolicy { Namespace = "chat", Limits = new ChannelLimits(100, 0, 0) };
        var machine = Machine();
        var committed = new List<string>();
        var staged = new List<string>();
        foreach (var operation in operations.Select(static o => (int)((uint)o % 16)))
        {
            switch (operation)
            {
                case 0:
                    committed.AddRange(staged);
                    staged.Clear();
                    machine.Commit(machine.StagedBatch(), policy, Start);
                    break;
                case 1:
                    staged.Clear();
                    machine.Abort();
                    break;
                default:
                    // Seven message ids of two senders.
                    var (sender, id) = (operation % 2 == 0 ? HostRig.Ann : HostRig.Bob, $"m{operation / 2}");
                    var decision = machine.Stage(HostRig.Request(id, caller: sender), policy, Start);
                    Assert.Equal(Expect(committed, staged, $"{sender.Sender}/{id}"), (decision.Kind, decision.Position.Sequence));
                    break;
            }

            Assert.Equal(committed.Count, machine.Head.Sequence);
            Assert.Equal(
                committed.Select(static (name, i) => $"{i + 1} {name}"),
                machine.Recent(100, policy, Start).Select(static p => $"{p.Sequence} {p.From}/{p.MessageId}"));
        }
    }

    private static (PublishDecisionKind Kind, long Sequence) Expect(List<string> committed, List<string> staged, string name)
    {
        if (committed.IndexOf(name) is >= 0 and var known)
        {
            return (PublishDecisionKind.Duplicate, known + 1);
        }

        if (staged.IndexOf(name) is >= 0 and var pending)
        {
            return (PublishDecisionKind.DuplicateOfStaged, committed.Count + pending + 1);
        }

        staged.Add(name);
        return (PublishDecisionKind.Staged, committed.Count + staged.Count);
    }

    private static void RetentionHolds(int[] operations)
    {
        var replay = new ReplayPolicy(Count: 8, Bytes: 40, Age: TimeSpan.FromSeconds(10));
        var policy = new ChannelPolicy { Namespace = "chat", Replay = replay, Limits = new ChannelLimits(100, 0, 0) };
        var machine = Machine();
        var now = Start;
        var all = new List<(long Sequence, int Bytes, DateTimeOffset Time)>();
        foreach (var operation in operations.Select(static o => (int)((uint)o % 24)))
        {
            if (operation < 8)
            {
                now += TimeSpan.FromSeconds(operation);
            }
            else
            {
                var request = new PublishRequest(HostRig.Ann, Payload.Binary(new byte[operation - 8]));
                machine.Stage(request, policy, now);
                machine.Commit(machine.StagedBatch(), policy, now);
                all.Add((all.Count + 1, operation - 8, now));
            }

            var kept = all.AsEnumerable().Reverse().ToList();
            var fitting = kept.TakeWhile((p, i) =>
                i < replay.Count && kept.Take(i + 1).Sum(static k => k.Bytes) <= replay.Bytes && now - p.Time <= replay.Age);
            Assert.Equal(
                fitting.Select(static p => p.Sequence).Reverse(),
                machine.Recent(100, policy, now).Select(static p => p.Sequence));
        }
    }

    private static void SnapshotHolds(int[] operations)
    {
        var policy = new ChannelPolicy
        {
            Namespace = "chat",
            Compact = true,
            Replay = ReplayPolicy.Default with { Count = 2 },
            Limits = new ChannelLimits(100, 0, 0),
        };
        var machine = Machine();
        var latest = new Dictionary<string, long>();
        foreach (var operation in operations.Select(static o => (int)((uint)o % 12)))
        {
            var (key, isTombstone) = ($"k{operation / 3}", operation % 3 == 0);
            machine.Stage(HostRig.Request(key: key, json: isTombstone ? "null" : "1"), policy, Start);
            machine.Commit(machine.StagedBatch(), policy, Start);
            latest.Remove(key);
            if (!isTombstone)
            {
                latest.Add(key, machine.Head.Sequence);
            }

            Assert.Equal(latest.Values.Order(), machine.Snapshot(policy).Publications.Select(static p => p.Sequence));
        }
    }

    private static void RatesHold(int[] operations)
    {
        const int rate = 5;
        var limits = new ChannelLimits(100, 0, rate);
        var limiter = new RateLimiter();
        var now = Start;
        var taken = new List<DateTimeOffset>();
        foreach (var operation in operations)
        {
            now += TimeSpan.FromMilliseconds((uint)operation % 150);
            var wait = limiter.TryTake(limits, HostRig.Ann.Sender, false, now);
            if (wait > TimeSpan.Zero)
            {
                now += wait;
                Assert.Equal(TimeSpan.Zero, limiter.TryTake(limits, HostRig.Ann.Sender, false, now));
            }

            taken.Add(now);
            // A full bucket, and what flows in since; the slack of a millionth each never adds up to one more.
            Assert.All(taken, first => Assert.True(
                taken.Count(t => t >= first) <= rate + (rate * (now - first).TotalSeconds) + 0.01));
        }
    }

    private static ChannelMachine Machine() =>
        new(HostRig.Channel, new Position(new Epoch("e"), 0), 1, Durability.Memory, null);
}
