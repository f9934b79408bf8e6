using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Contract.Runtimes;

/// <content>Collection, other owners, failing stores.</content>
public abstract partial class ChannelsContract
{
    [StoreFact]
    public async Task Collection_OfADurableChannel_ChangesNothingForItsReaders()
    {
        var head = (await PublishMany("durable:a", 3)).Position;

        await Runtime.AdvanceAsync(RuntimeFixture.IdleTimeout + TimeSpan.FromMinutes(1));

        Assert.Equal([2, 3], (await Read("durable:a", head with { Sequence = 1 })).Publications.Select(static one => Number(one)));
        Assert.Equal(head with { Sequence = 4 }, (await Publish("durable:a", 4)).Position);
    }

    [StoreFact]
    public async Task Collection_OfAChannelWithoutHistory_StartsANewEpoch()
    {
        var before = (await Publish("none:a", 1)).Position;

        await Runtime.AdvanceAsync(RuntimeFixture.IdleTimeout + TimeSpan.FromMinutes(1));

        var after = (await Publish("none:a", 1)).Position;
        Assert.Equal(1, after.Sequence);
        Assert.NotEqual(before.Epoch, after.Epoch);
    }

    [StoreFact]
    public async Task Collection_OfAMemoryChannel_WaitsUntilItsHistoryHasAged()
    {
        var before = (await Publish("short:a", 1)).Position;

        await Runtime.AdvanceAsync(RuntimeFixture.IdleTimeout + TimeSpan.FromMinutes(1));
        Assert.Equal(before with { Sequence = 2 }, (await Publish("short:a", 2)).Position);

        await Runtime.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.NotEqual(before.Epoch, (await Publish("short:a", 3)).Position.Epoch);
    }

    [StoreFact]
    public async Task Collection_SparesChannelsWithAttachedEdges()
    {
        await Attach("none:a", East);
        var before = (await Publish("none:a", 1)).Position;
        for (var i = 0; i < 40; i++)
        {
            await Runtime.AdvanceAsync(TimeSpan.FromSeconds(10));
            await Channels.Get(Name("none:a")).RenewAsync(new Renewal(East, Name("none:a"), before, 0), None);
        }

        Assert.Equal(before with { Sequence = 2 }, (await Publish("none:a", 2)).Position);
    }

    [StoreFact]
    public async Task AnotherOwner_TakesTheChannelOver_AndNoNumberIsUsedTwice()
    {
        var east = Register(East);
        await Attach("durable:a", East);
        var head = (await PublishMany("durable:a", 2)).Position;
        var other = await Runtime.Log.OpenAsync(Name("durable:a"), new Epoch("unused"), None);
        await Runtime.Log.AppendAsync(
            Name("durable:a"),
            other.Fence,
            [new Publication(3, Runtime.Time.Now, Server.Sender, null, null, Payload.Json("33"))],
            None);

        Assert.Equal(RealtimeErrorCode.Unavailable, await RefusalOf(Publish("durable:a", 3, "m3")));
        await Until("the attachment to end", east.When<DetachedMessage>());

        var again = await Publish("durable:a", 4, "m3");
        Assert.Equal((head with { Sequence = 4 }, false), (again.Position, again.IsDuplicate));
        Assert.Equal([33, 4], (await Read("durable:a", head)).Publications.Select(static one => Number(one)));
    }

    [StoreTheory]
    [InlineData(LogFault.Before)]
    [InlineData(LogFault.After)]
    public async Task FailingAppend_LeavesTheOutcomeOpen_AndTryingAgainSettlesIt(LogFault fault)
    {
        var east = Register(East);
        await Attach("durable:a", East);
        FailNext(nameof(IChannelLog.AppendAsync), fault);

        Assert.Equal(RealtimeErrorCode.Unavailable, await RefusalOf(Publish("durable:a", 1, "m1")));
        await Until("the attachment to end", east.When<DetachedMessage>());

        var again = await Publish("durable:a", 1, "m1");
        Assert.Equal((1, fault == LogFault.After), (again.Position.Sequence, again.IsDuplicate));
        Assert.Single((await Read("durable:a", null)).Publications);
    }

    [StoreFact]
    public async Task FailingOpen_IsNotRemembered()
    {
        FailNext(nameof(IChannelLog.OpenAsync), LogFault.Before);

        await Assert.ThrowsAsync<ActorUnavailableException>(() => Publish("durable:a", 1));

        Assert.Equal(1, (await Publish("durable:a", 1)).Position.Sequence);
    }

    [StoreFact]
    public async Task FirstCalls_AtOnce_ShareOneActivation()
    {
        var opens = 0;
        var (reached, verdict) = HoldNext(nameof(IChannelLog.OpenAsync));
        var hold = Runtime.OnLogCall;
        Runtime.OnLogCall = method =>
        {
            opens += method == nameof(IChannelLog.OpenAsync) ? 1 : 0;
            return hold(method);
        };

        var publishes = Enumerable.Range(1, 10).Select(i => Publish("durable:a", i)).ToList();
        await reached.WaitAsync(Patience);
        verdict.SetResult(LogFault.None);

        Assert.Equal(Enumerable.Range(1, 10).Select(static i => (long)i), await Sequences(publishes));
        Assert.Equal(1, opens);
    }

    // A publisher hears of a lost owner by a refusal or by an exception, depending on how far its call came.
    private static async Task<RealtimeErrorCode?> RefusalOf(Task<PublishOutcome> publish)
    {
        try
        {
            return (await publish).Refusal?.Code;
        }
        catch (ActorUnavailableException)
        {
            return RealtimeErrorCode.Unavailable;
        }
    }
}
