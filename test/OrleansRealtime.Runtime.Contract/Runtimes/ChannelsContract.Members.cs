using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Contract.Runtimes;

/// <content>Grants and presence.</content>
public abstract partial class ChannelsContract
{
    private static readonly Member Bob = new(UserId.Parse("bob"), Payload.Json("{}"));
    private static readonly Member Cat = new(UserId.Parse("cat"), Payload.Json("{}"));

    [StoreFact]
    public async Task Grant_LetsAUserPublish_ReachesEdges_AndSurvivesARestart()
    {
        var east = Register(East);
        await Attach("private:a", East);
        Assert.NotNull(await PublishAs(Ann));

        await ChangeGrant("private:a", ChannelRights.Publish, revoke: false);

        var told = await Until("the grants", east.When<GrantsMessage>());
        Assert.Equal(1, told.Grants.Version);
        Assert.Equal(ChannelRights.Publish, told.Grants.Entries[UserId.Parse("ann")].Allowed);
        Assert.Null(await PublishAs(Ann));

        await Runtime.RestartAsync(isOrderly: false);
        Assert.Null(await PublishAs(Ann));
        Assert.Equal(1, (await Attach("private:a", East)).Grants.Version);
    }

    [StoreFact]
    public async Task Revoke_TakesWhatTheNamespaceAllows()
    {
        var east = Register(East);
        await Attach("memory:a", East);

        await ChangeGrant("memory:a", ChannelRights.Publish | ChannelRights.Subscribe, revoke: true);

        var told = await Until("the grants", east.When<GrantsMessage>());
        Assert.Equal(
            ChannelRights.Publish | ChannelRights.Subscribe, told.Grants.Entries[UserId.Parse("ann")].Denied);
        var outcome = await Channels.Get(Name("memory:a")).PublishAsync(new PublishRequest(Ann, Payload.Json("1")), None);
        Assert.Equal(RealtimeErrorCode.Forbidden, outcome.Refusal?.Code);
    }

    [StoreFact]
    public async Task Grant_ByAUserWithoutTheRight_IsForbidden()
    {
        var outcome = await Channels.Get(Name("memory:a")).ChangeGrantAsync(
            new GrantChange(Ann, Bob.User, ChannelRights.Publish, Revoke: false), None);

        Assert.Equal(RealtimeErrorCode.Forbidden, outcome.Refusal?.Code);
    }

    [StoreFact]
    public async Task Renew_WithOldGrants_BringsTheNewOnes()
    {
        await Attach("memory:a", East);
        await ChangeGrant("memory:a", ChannelRights.Publish, revoke: true);
        var channel = Channels.Get(Name("memory:a"));

        Assert.Equal(1, (await channel.RenewAsync(new Renewal(East, Name("memory:a"), default, 0), None)).Grants?.Version);
        Assert.Null((await channel.RenewAsync(new Renewal(East, Name("memory:a"), default, 1), None)).Grants);
    }

    [StoreFact]
    public async Task Presence_OfAUserOnTwoEdges_JoinsOnce_AndLeavesAfterBothAndTheGrace()
    {
        var east = Register(East);
        await Attach("memory:a", East, 0, Bob);
        await Attach("memory:a", West, 0, Bob);
        Assert.Equal([Bob.User], await Present());

        await Leave(East);
        await Runtime.AdvanceAsync(ChannelPolicy.FlapGrace);
        Assert.Equal([Bob.User], await Present());
        await Publish("memory:a", 1);
        await Until("the publication", east.WhenPublications(1));

        await Leave(West);
        Assert.DoesNotContain(east.Received.OfType<PresenceMessage>(), static message => message.Left.Length > 0);
        await Runtime.AdvanceAsync(ChannelPolicy.FlapGrace);

        var left = await Until("the leave", east.When<PresenceMessage>(static message => message.Left.Length > 0));
        Assert.Equal(Bob.User, Assert.Single(left.Left).User);
        Assert.Single(east.Received.OfType<PresenceMessage>(), static message => message.Joined.Length > 0);
        Assert.Empty(await Present());
    }

    [StoreFact]
    public async Task Presence_OfAUserWhoIsBackWithinTheGrace_TellsNobody()
    {
        var west = Register(West);
        await Attach("memory:a", West);
        await Attach("memory:a", East, 0, Bob);
        await Leave(East);

        await Channels.Get(Name("memory:a")).UpdateMembersAsync(new MembersUpdate(East, [Bob], []), None);
        await Runtime.AdvanceAsync(ChannelPolicy.FlapGrace);
        await Publish("memory:a", 1);

        // What a channel sends arrives in order, so after the publication nothing from before it is to come.
        await Until("the publication", west.WhenPublications(1));
        Assert.Single(west.Received.OfType<PresenceMessage>());
        Assert.Equal([Bob.User], await Present());
    }

    [StoreFact]
    public async Task Presence_OfAnEdgeThatIsGone_LeavesInOneWave()
    {
        var west = Register(West);
        await Attach("memory:a", West);
        await Attach("memory:a", East, 0, Bob, Cat);
        for (var i = 0; i < 4; i++)
        {
            await Runtime.AdvanceAsync(TimeSpan.FromSeconds(10));
            await Channels.Get(Name("memory:a")).RenewAsync(new Renewal(West, Name("memory:a"), default, 0), None);
        }

        var wave = await Until("the wave", west.When<PresenceMessage>(static message => message.Left.Length > 0));

        Assert.Equal([Bob.User, Cat.User], wave.Left.Select(static member => member.User).OrderBy(static user => user.Value));
        Assert.Empty(await Present());
        Assert.Equal([West], (await Channels.Get(Name("memory:a")).DescribeAsync(None)).Edges.AsEnumerable());
    }

    [StoreFact]
    public async Task UpdateMembers_OfAnEdgeThatIsNotAttached_IsIgnored() =>
        Assert.False(await Channels.Get(Name("memory:a")).UpdateMembersAsync(new MembersUpdate(East, [Bob], []), None));

    private async Task<IEnumerable<UserId>> Present() =>
        (await Channels.Get(Name("memory:a")).PresenceAsync(Server, None)).Members.Select(static member => member.User);

    private Task<bool> Leave(EdgeId edge) =>
        Channels.Get(Name("memory:a")).UpdateMembersAsync(new MembersUpdate(edge, [], [Bob.User]), None).AsTask();

    private async Task<RealtimeError?> PublishAs(Caller caller) =>
        (await Channels.Get(Name("private:a")).PublishAsync(new PublishRequest(caller, Payload.Json("1")), None)).Refusal;

    private async Task ChangeGrant(string channel, ChannelRights rights, bool revoke)
    {
        var outcome = await Channels.Get(Name(channel)).ChangeGrantAsync(
            new GrantChange(Server, UserId.Parse("ann"), rights, revoke), None);
        Assert.Null(outcome.Refusal);
    }
}
