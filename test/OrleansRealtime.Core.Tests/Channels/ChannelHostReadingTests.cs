using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Core.Tests.Channels;

public sealed class ChannelHostReadingTests
{
    [Fact]
    public void Read_WithinTheBuffer_IsContiguousAndSaysWhetherThereIsMore()
    {
        var rig = Filled(Durability.Memory, 10);

        var page = rig.Read(At(rig, 3), limit: 4);

        Assert.Equal([4, 5, 6, 7], Sequences(page));
        Assert.Equal((true, false, 10), (page.More, page.IsLost, page.Position.Sequence));
        Assert.False(rig.Read(At(rig, 7), limit: 4).More);
        Assert.Empty(rig.Read(At(rig, 10)).Publications);
    }

    [Fact]
    public void Read_MemoryChannelTrimmedByCount_IsLostBeyondTheOldest()
    {
        var rig = Filled(Durability.Memory, 10, count: 4);

        Assert.Equal((true, "7,8,9,10"), Describe(rig.Read(At(rig, 5))));
        Assert.Equal((false, "7,8,9,10"), Describe(rig.Read(At(rig, 6))));
        Assert.Equal((false, "7,8,9,10"), Describe(rig.Read()));
        Assert.Equal((true, "7,8,9,10"), Describe(rig.Read(new Position(new Epoch("other"), 9))));
        Assert.Equal((true, "7,8,9,10"), Describe(rig.Read(At(rig, 11))));
    }

    [Fact]
    public void Read_MemoryChannelTrimmedByAge_KeepsWhatIsExactlyThatOld()
    {
        var rig = Filled(Durability.Memory, 1);
        var age = rig.Policy!.Replay.Age;

        rig.Time.Advance(age);
        Assert.Equal((false, "1"), Describe(rig.Read(At(rig, 0))));

        rig.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal((true, ""), Describe(rig.Read(At(rig, 0))));
        Assert.Equal((false, ""), Describe(rig.Read(At(rig, 1))));
    }

    [Fact]
    public void Read_MemoryChannelTrimmedByBytes_KeepsTheNewest()
    {
        var rig = new HostRig();
        rig.Policy = rig.Policy! with { Replay = rig.Policy.Replay with { Bytes = 10 } };
        rig.Activate();
        for (var i = 0; i < 4; i++)
        {
            rig.Publish(json: "\"12\"");
        }

        Assert.Equal((false, "3,4"), Describe(rig.Read()));
        rig.Publish(json: "\"23456789012\"");
        Assert.Equal((false, ""), Describe(rig.Read()));
    }

    [Fact]
    public void Read_NoHistoryAtAll_IsLostUnlessUpToDate()
    {
        var rig = Filled(Durability.None, 3);

        Assert.Equal((true, ""), Describe(rig.Read(At(rig, 2))));
        Assert.Equal((false, ""), Describe(rig.Read(At(rig, 3))));
    }

    [Fact]
    public void Read_OlderThanTheBuffer_ComesFromTheLog()
    {
        var rig = DurableWithSmallBuffer(20, buffer: 5);

        Assert.Equal((false, "3,4,5,6"), Describe(rig.Read(At(rig, 2), limit: 4)));
        Assert.True(rig.Read(At(rig, 2)).IsFromLog);
        Assert.False(rig.Read(At(rig, 18)).IsFromLog);
        Assert.Equal((false, "14,15,16,17,18,19,20"), Describe(rig.Read(At(rig, 13))));
    }

    [Fact]
    public void Read_ReversePages_MeetWithoutASeamBetweenBufferAndLog()
    {
        var rig = DurableWithSmallBuffer(20, buffer: 5);
        var read = new List<long>();
        Position? from = null;
        bool more;
        do
        {
            var page = rig.Read(from, limit: 3, reverse: true);
            read.AddRange(Sequences(page));
            from = At(rig, read[^1]);
            more = page.More;
        }
        while (more);

        Assert.Equal(Enumerable.Range(1, 20).Reverse().Select(static i => (long)i), read);
    }

    [Fact]
    public void Read_ReverseThroughMoreThanOneQueryOfTheLog_IsWhole()
    {
        var rig = DurableWithSmallBuffer(400, buffer: 5);

        var page = rig.Read(At(rig, 390), limit: 300, reverse: true);

        Assert.Equal(Enumerable.Range(90, 300).Reverse().Select(static i => (long)i), Sequences(page));
        Assert.True(page.More);
    }

    [Fact]
    public void Read_LogTrimmedBehindTheHostsBack_IsLostAndStartsWithWhatIsThere()
    {
        var rig = DurableWithSmallBuffer(20, buffer: 5, logTrims: false);
        Assert.Equal((false, "2,3"), Describe(rig.Read(At(rig, 1), limit: 2)));

        rig.Log.TrimTo(HostRig.Channel, 8);

        Assert.Equal((true, "8,9"), Describe(rig.Read(At(rig, 1), limit: 2)));
        Assert.Equal((false, "8,9"), Describe(rig.Read(limit: 2)));
        Assert.Equal((false, "8,9"), Describe(rig.Read(At(rig, 7), limit: 2)));
        Assert.Equal("9,8", Describe(rig.Read(At(rig, 10), reverse: true)).Sequences);
    }

    [Fact]
    public void Read_StoreFails_IsRefusedAndTheChannelGoesOn()
    {
        var rig = DurableWithSmallBuffer(20, buffer: 5);
        rig.Decide = _ => Task.FromResult(LogFault.Before);

        Assert.Equal(RealtimeErrorCode.Unavailable, rig.Read(At(rig, 1)).Refusal!.Code);

        rig.Decide = null;
        Assert.Empty(rig.Deactivations);
        Assert.Equal(21, rig.Publish().Position.Sequence);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_LogWithAHole_EndsTheChannelInsteadOfGoingOnWrong(bool reverse)
    {
        var rig = DurableWithSmallBuffer(20, buffer: 5);
        rig.Attach();
        rig.Log.Lose(HostRig.Channel, 8);

        Assert.Throws<ActorUnavailableException>(() => rig.Read(At(rig, reverse ? 12 : 3), reverse: reverse));

        Assert.Single(rig.Deactivations);
        Assert.IsType<InvalidOperationException>(Assert.Single(rig.Reported));
        Assert.IsType<Core.Delivery.DetachedMessage>(rig.Sent[^1].Message);
    }

    [Fact]
    public void Activate_LogWithAHole_Throws()
    {
        var rig = Filled(Durability.Durable, 20);
        rig.Log.Lose(HostRig.Channel, 8);

        Assert.Throws<ActorUnavailableException>(() => new HostRig(after: rig).Activate());
    }

    [Fact]
    public void Read_PolicyReloadedWithShorterRetention_KeepsLessAtOnce()
    {
        var rig = Filled(Durability.Memory, 10);

        rig.Policy = rig.Policy! with { Replay = rig.Policy.Replay with { Count = 3 } };

        Assert.Equal((false, "8,9,10"), Describe(rig.Read()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void Read_LimitOutOfRange_IsABadRequest(int limit) =>
        Assert.Equal(RealtimeErrorCode.BadRequest, Filled(Durability.Memory, 1).Read(limit: limit).Refusal!.Code);

    [Fact]
    public void Read_PrivateChannelWithoutGrant_IsForbiddenButUndecided()
    {
        var rig = new HostRig();
        rig.Policy = rig.Policy! with { Access = ChannelAccess.Private };

        var outcome = rig.Activate().Read(caller: HostRig.Ann);

        Assert.Equal((RealtimeErrorCode.Forbidden, true), (outcome.Refusal!.Code, outcome.IsUndecided));
    }

    [Fact]
    public void Activate_AfterARestart_ContinuesEpochNumbersMessageIdsAndHistory()
    {
        var rig = Filled(Durability.Durable, 5);
        var epoch = rig.Read().Position.Epoch;

        var next = new HostRig(after: rig).Activate();

        Assert.Equal((false, "3,4,5"), Describe(next.Read(new Position(epoch, 2))));
        Assert.True(next.Publish("m2").IsDuplicate);
        Assert.Equal(new Position(epoch, 6), next.Publish().Position);
    }

    [Fact]
    public void Activate_MemoryChannelAgain_HasANewEpochAndOldPositionsAreLost()
    {
        var rig = Filled(Durability.Memory, 5);
        var old = At(rig, 5);

        var next = new HostRig(after: rig).Activate();
        next.Publish();

        Assert.NotEqual(old.Epoch, next.Read().Position.Epoch);
        Assert.Equal((true, "1"), Describe(next.Read(old)));
    }

    [Fact]
    public void Activate_StoreFails_ThrowsThatTheActorIsUnavailable()
    {
        var rig = new HostRig(Durability.Durable) { Decide = _ => Task.FromResult(LogFault.Before) };

        Assert.Throws<ActorUnavailableException>(() => rig.Activate());
        Assert.Single(rig.Reported);
    }

    [Theory]
    [InlineData(Durability.Memory)]
    [InlineData(Durability.Durable)]
    public void Snapshot_CompactChannel_HasTheLatestOfEachKeyWithoutTombstonesAndOutlivesTrimming(Durability durability)
    {
        var rig = Compact(durability);
        var snapshot = rig.Turns.Complete(() => rig.Host.ReadSnapshotAsync(CancellationToken.None));

        Assert.Equal([2, 5], snapshot.Publications.Select(static p => p.Sequence));
        Assert.Equal(8, snapshot.Position.Sequence);
    }

    [Fact]
    public void Snapshot_DurableCompactChannelActivatedAgain_IsTheSame()
    {
        var next = new HostRig(after: Compact(Durability.Durable)).Activate();

        var snapshot = next.Turns.Complete(() => next.Host.ReadSnapshotAsync(CancellationToken.None));

        Assert.Equal([2, 5], snapshot.Publications.Select(static p => p.Sequence));
    }

    private static HostRig Compact(Durability durability)
    {
        var rig = new HostRig(durability);
        rig.Policy = rig.Policy! with { Compact = true, Replay = rig.Policy.Replay with { Count = 2 } };
        rig.Activate();
        rig.Publish(key: "a", json: "1");
        rig.Publish(key: "b", json: "1");
        rig.Publish(key: "c", json: "1");
        rig.Publish(key: "c", json: "null");
        rig.Publish(key: "a", json: "2");
        rig.Publish();
        rig.Publish();
        rig.Publish();
        return rig;
    }

    private static HostRig Filled(Durability durability, int publications, int count = 1000)
    {
        var rig = new HostRig(durability);
        rig.Policy = rig.Policy! with
        {
            Replay = rig.Policy.Replay with { Count = count },
            Limits = new ChannelLimits(1024, 0, 0),
        };
        rig.Activate();
        for (var i = 1; i <= publications; i++)
        {
            rig.Publish($"m{i}");
        }

        return rig;
    }

    private static HostRig DurableWithSmallBuffer(int publications, int buffer, bool logTrims = false)
    {
        var rig = new HostRig(Durability.Durable, logTrims: logTrims);
        rig.Policy = rig.Policy! with
        {
            Replay = rig.Policy.Replay with { Count = buffer },
            Limits = new ChannelLimits(1024, 0, 0),
        };
        rig.Activate();
        for (var i = 1; i <= publications; i++)
        {
            rig.Publish();
        }

        return rig;
    }

    private static Position At(HostRig rig, long sequence) => rig.Read(limit: 1).Position with { Sequence = sequence };

    private static IEnumerable<long> Sequences(ReadOutcome outcome) => outcome.Publications.Select(static p => p.Sequence);

    private static (bool IsLost, string Sequences) Describe(ReadOutcome outcome) =>
        (outcome.IsLost, string.Join(',', Sequences(outcome)));
}
