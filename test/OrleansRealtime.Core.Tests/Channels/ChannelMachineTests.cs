using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Tests.Channels;

public sealed class ChannelMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Epoch Epoch = new("e");
    private static readonly ChannelPolicy Policy = new() { Namespace = "chat", Limits = new ChannelLimits(100, 0, 0) };

    [Theory]
    [InlineData(100, 1, 1, null)]
    [InlineData(101, 1, 1, RealtimeErrorCode.TooLarge)]
    [InlineData(1, 128, 64, null)]
    [InlineData(1, 129, 1, RealtimeErrorCode.BadRequest)]
    [InlineData(1, 0, 1, RealtimeErrorCode.BadRequest)]
    [InlineData(1, 1, 65, RealtimeErrorCode.BadRequest)]
    [InlineData(1, 1, 0, RealtimeErrorCode.BadRequest)]
    public void Admit_AtAndBeyondALimit_IsTakenAndRefused(int bytes, int key, int messageId, RealtimeErrorCode? expected)
    {
        var request = new PublishRequest(
            HostRig.Ann, Payload.Binary(new byte[bytes]), new string('m', messageId), new string('k', key));

        Assert.Equal(expected, Machine().Admit(request, Policy, Start).Refusal?.Code);
    }

    [Theory]
    [InlineData('\0', 'b')]
    [InlineData('a', '\0')]
    [InlineData('a', '\uD83D')]
    [InlineData('\uDE00', 'b')]
    public void Admit_TextThatAStoreCannotKeep_IsRefusedBeforeItReachesABatch(char first, char second)
    {
        var text = new string([first, second]);
        Assert.Equal(RealtimeErrorCode.BadRequest, Machine().Admit(HostRig.Request(text), Policy, Start).Refusal?.Code);
        Assert.Equal(RealtimeErrorCode.BadRequest, Machine().Admit(HostRig.Request(key: text), Policy, Start).Refusal?.Code);
    }

    [Fact]
    public void Admit_TextOfAllPlanes_IsTaken() =>
        Assert.Null(Machine().Admit(HostRig.Request("é漢\U0001F600\t", "\U0001F600"), Policy, Start).Refusal);

    [Fact]
    public void Admit_OverTheRate_SaysWhenToComeBackAndARetryIsFree()
    {
        var machine = Machine();
        var policy = Policy with { Limits = new ChannelLimits(100, 2, 0) };
        foreach (var id in new[] { "a", "b" })
        {
            Assert.Equal(PublishDecisionKind.Admitted, machine.Admit(HostRig.Request(id), policy, Start).Kind);
            machine.Stage(HostRig.Request(id), policy, Start);
        }

        machine.Commit(machine.StagedBatch(), policy, Start);

        var refused = machine.Admit(HostRig.Request("c"), policy, Start);
        Assert.Equal(RealtimeErrorCode.RateLimited, refused.Refusal!.Code);
        Assert.InRange(refused.Refusal.RetryAfter!.Value, TimeSpan.FromMilliseconds(499), TimeSpan.FromMilliseconds(500));
        Assert.Equal(PublishDecisionKind.Duplicate, machine.Admit(HostRig.Request("a"), policy, Start).Kind);
    }

    [Fact]
    public void Stage_BeforeTheCommit_CannotBeReadAndAnAbortGivesTheNumberBack()
    {
        var machine = Machine();
        Assert.Equal(1, machine.Stage(HostRig.Request("a"), Policy, Start).Position.Sequence);
        Assert.Equal(0, machine.Head.Sequence);
        Assert.Empty(machine.Recent(10, Policy, Start));

        machine.Abort();

        Assert.Equal((PublishDecisionKind.Staged, 1L), Decision(machine.Stage(HostRig.Request("a"), Policy, Start)));
    }

    [Fact]
    public void Stage_SameIdTwiceInABatch_IsADuplicateOfTheStagedOne()
    {
        var machine = Machine();
        machine.Stage(HostRig.Request("a"), Policy, Start);

        Assert.Equal((PublishDecisionKind.DuplicateOfStaged, 1L), Decision(machine.Stage(HostRig.Request("a"), Policy, Start)));
        Assert.Equal(1, machine.StagedCount);
    }

    [Fact]
    public void Stage_ClockWithTicks_IsCutToTheMillisecond()
    {
        var machine = Machine();
        machine.Stage(HostRig.Request(), Policy, Start + TimeSpan.FromTicks(12345));

        Assert.Equal(Start + TimeSpan.FromMilliseconds(1), machine.StagedBatch()[0].Time);
    }

    [Fact]
    public void Stage_CompactChannelWithAllKeys_RefusesANewOneButNotAKnownOne()
    {
        var policy = Policy with { Compact = true };
        var machine = Machine();
        for (var i = 0; i < CompactIndex.MaxKeys; i++)
        {
            machine.Stage(HostRig.Request(key: $"k{i}"), policy, Start);
            machine.Commit(machine.StagedBatch(), policy, Start);
        }

        Assert.Equal(RealtimeErrorCode.Conflict, machine.Stage(HostRig.Request(key: "new"), policy, Start).Refusal!.Code);
        Assert.Equal(PublishDecisionKind.Staged, machine.Stage(HostRig.Request(key: "k0"), policy, Start).Kind);
    }

    [Fact]
    public void Snapshot_OfRemovedKeys_TellsOfTheLastRemovals()
    {
        var policy = Policy with { Compact = true };
        var machine = Machine();
        string[] keys = ["back", "gone", .. Enumerable.Range(0, CompactIndex.MaxRemovals - 1).Select(static i => $"k{i}")];
        Publish(keys[0], "null");
        Publish(keys[0], "1");
        foreach (var key in keys[1..])
        {
            Publish(key, "null");
        }

        var before = machine.Snapshot(policy);
        Publish("one more", "null");
        var after = machine.Snapshot(policy);

        Assert.Equal(["back"], before.Publications.Select(static p => p.Key));
        Assert.Equal(1, before.RemovalsKnownAfter);
        Assert.Equal(keys[1..], before.Removed.Select(static p => p.Key));
        Assert.Equal(3, after.RemovalsKnownAfter);
        Assert.Equal([.. keys[2..], "one more"], after.Removed.Select(static p => p.Key));

        void Publish(string key, string json)
        {
            machine.Stage(HostRig.Request(key: key) with { Payload = Payload.Json(json) }, policy, Start);
            machine.Commit(machine.StagedBatch(), policy, Start);
        }
    }

    [Fact]
    public void Commit_BatchThatDoesNotFollow_Throws()
    {
        var machine = Machine();
        machine.Stage(HostRig.Request(), Policy, Start);
        var skipping = machine.StagedBatch()[0] with { Sequence = 2 };

        Assert.Throws<InvalidOperationException>(() => machine.Commit([skipping], Policy, Start));
    }

    [Fact]
    public void Prime_LogWithAHole_Throws()
    {
        var machine = new ChannelMachine(HostRig.Channel, new Position(Epoch, 3), 1, Durability.Durable, null);
        ImmutableArray<Publication> holed = [Numbered(1), Numbered(3)];

        Assert.Throws<InvalidOperationException>(() => machine.Prime(holed));
    }

    [Fact]
    public void MessageIds_BeyondCountAndAge_AreForgottenOldestFirst()
    {
        var index = new MessageIndex();
        var ann = HostRig.Ann.Sender;
        var retention = new Retention(0, 0, TimeSpan.Zero);
        for (var i = 0; i <= MessageIndex.MinCount; i++)
        {
            index.Learn(ann, $"m{i}", new Position(Epoch, i), Start);
        }

        index.Trim(retention, Start + MessageIndex.MinAge);
        Assert.False(index.TryFind(ann, "m0", out _));
        Assert.True(index.TryFind(ann, "m1", out _));
        Assert.Equal(MessageIndex.MinCount, index.Count);

        index.Trim(retention, Start + MessageIndex.MinAge + TimeSpan.FromTicks(1));
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void Publish_ToAMemoryChannel_AllocatesThePublicationAndItsBatchOnly()
    {
        const int rounds = 2000;
        // 104 bytes of publication, 32 of the array it is delivered in; the rest is slack for the ring and the index.
        const int perPublish = 144;
        var machine = Machine();
        var requests = Enumerable.Range(0, 10_000 + rounds).Select(static i => HostRig.Request($"m{i}")).ToArray();
        Publish(machine, requests.AsSpan(0, 10_000));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Publish(machine, requests.AsSpan(10_000));
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;

        Assert.Equal(10_000 + rounds, machine.Head.Sequence);
        Assert.True(each <= perPublish, $"{each} bytes for each publication");
    }

    private static void Publish(ChannelMachine machine, ReadOnlySpan<PublishRequest> requests)
    {
        foreach (var request in requests)
        {
            if (machine.Admit(request, Policy, Start).Kind == PublishDecisionKind.Admitted)
            {
                machine.Stage(request, Policy, Start);
                machine.Commit(machine.StagedBatch(), Policy, Start);
            }
        }
    }

    private static (PublishDecisionKind Kind, long Sequence) Decision(PublishDecision decision) =>
        (decision.Kind, decision.Position.Sequence);

    private static Publication Numbered(long sequence) =>
        new(sequence, Start, HostRig.Ann.Sender, null, null, Payload.Json("1"));

    private static ChannelMachine Machine() => new(HostRig.Channel, new Position(Epoch, 0), 1, Durability.Memory, null);
}
