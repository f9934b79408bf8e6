using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Contract.Runtimes;

/// <summary>What users do on every runtime.</summary>
public abstract class UsersContract : RuntimeContract
{
    private static readonly UserId Ann = UserId.Parse("ann");

    private IUser User => Users.Get(Ann);

    private DateTimeOffset Now => Runtime.Time.Now;

    [StoreFact]
    public async Task OpenSession_FirstTime_GivesASessionThatNobodyCanGuess()
    {
        var one = await Open(East, 1);
        var other = await Open(East, 2);

        Assert.Null(one.Refusal);
        Assert.False(one.IsResumed);
        Assert.InRange(one.Session.Value.Length, 20, SessionId.MaxLength);
        Assert.NotEqual(one.Session, other.Session);
    }

    [StoreFact]
    public async Task OpenSession_OfASessionInUse_ClosesTheOlderConnectionOnItsEdge()
    {
        var east = Register(East);
        var first = await Open(East, 1);

        var second = await Open(West, 2, first.Session);

        Assert.Equal((first.Session, true), (second.Session, second.IsResumed));
        var close = await Until("the close", east.When<CloseConnectionsMessage>());
        Assert.Equal((Ann, new ConnectionId(1), CloseReason.Replaced), (close.User, Assert.Single(close.Connections), close.Reason));
    }

    [StoreTheory]
    [InlineData(29, true)]
    [InlineData(31, false)]
    public async Task OpenSession_AfterTheConnectionEnded_ResumesWithinTheGrace(int seconds, bool isResumed)
    {
        var first = await Open(East, 1);
        await User.EndConnectionAsync(East, new ConnectionId(1), None);

        await Runtime.AdvanceAsync(TimeSpan.FromSeconds(seconds));

        Assert.Equal(isResumed, (await Open(West, 1, first.Session)).IsResumed);
    }

    [StoreFact]
    public async Task OpenSession_BeyondTheLimit_IsRefusedOverAllEdges()
    {
        await Open(East, 1, limit: 2);
        await Open(West, 1, limit: 2);

        Assert.Equal(CloseReason.TooManyConnections, (await Open(East, 2, limit: 2)).Refusal);
    }

    [StoreFact]
    public async Task Ban_ClosesAllConnectionsAndRefusesNewOnes_UntilItEnds()
    {
        var (east, west) = (Register(East), Register(West));
        await Open(East, 1);
        await Open(West, 1);

        await User.BanAsync(new Ban(Now.AddMinutes(1), "spam", "op"), None);

        Assert.Equal(4031, (await Until("the close in the east", east.When<CloseConnectionsMessage>())).Reason.Code);
        Assert.Equal(4031, (await Until("the close in the west", west.When<CloseConnectionsMessage>())).Reason.Code);
        Assert.Equal(4031, (await Open(East, 2)).Refusal?.Code);

        await Runtime.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Null((await Open(East, 3)).Refusal);
    }

    [StoreFact]
    public async Task Ban_SurvivesARestart_UntilItIsLifted()
    {
        await User.BanAsync(new Ban(null, "spam", "op"), None);
        await Runtime.RestartAsync(isOrderly: false);

        Assert.Equal(4031, (await Open(East, 1)).Refusal?.Code);
        Assert.Equal("spam", (await User.DescribeAsync(None)).Ban?.Reason);

        await User.UnbanAsync(None);
        Assert.Null((await Open(East, 2)).Refusal);
    }

    [StoreFact]
    public async Task RevokeTokens_ClosesAndRefusesOlderTokens_AlsoAfterARestart()
    {
        var east = Register(East);
        var before = Now;
        await Open(East, 1, issuedAt: before);
        await Runtime.AdvanceAsync(TimeSpan.FromSeconds(1));
        await Open(East, 2, issuedAt: Now);

        await User.RevokeTokensAsync(Now, None);

        var close = await Until("the close", east.When<CloseConnectionsMessage>());
        Assert.Equal((new ConnectionId(1), 4010), (Assert.Single(close.Connections), close.Reason.Code));
        Assert.Equal(RealtimeErrorCode.Unauthenticated, (await User.CheckTokenAsync(before, None))?.Code);
        Assert.Null(await User.CheckTokenAsync(Now, None));

        await Runtime.RestartAsync(isOrderly: false);
        Assert.Equal(4010, (await Open(East, 3, issuedAt: before)).Refusal?.Code);
    }

    [StoreFact]
    public async Task RevokeTokens_WithAnEarlierTime_TakesNothingBack()
    {
        await User.RevokeTokensAsync(Now, None);
        await User.RevokeTokensAsync(Now.AddHours(-1), None);

        Assert.Equal(Now, (await User.DescribeAsync(None)).TokensRevokedBefore);
    }

    [StoreFact]
    public async Task Disconnect_ClosesWhatItSays_AndCounts()
    {
        var east = Register(East);
        var one = await Open(East, 1);
        await Open(East, 2);

        Assert.Equal(1, await User.DisconnectAsync(one.Session, CloseReason.GoingAway, None));
        Assert.Equal(1, await User.DisconnectAsync(null, CloseReason.Kicked, None));
        Assert.Equal(0, await User.DisconnectAsync(null, CloseReason.Kicked, None));

        var kick = await Until("the kick", east.When<CloseConnectionsMessage>(close => close.Reason.Code == 4030));
        Assert.Equal(new ConnectionId(2), Assert.Single(kick.Connections));
    }

    [StoreFact]
    public async Task RenewSessions_AfterARestart_BringsBackSessionsAndOnline()
    {
        var session = (await Open(East, 1)).Session;
        await Runtime.RestartAsync(isOrderly: false);
        Assert.False((await User.DescribeAsync(None)).IsOnline);

        await Renew(East, 1, session);

        var description = await User.DescribeAsync(None);
        Assert.True(description.IsOnline);
        Assert.Equal(new SessionDescription(session, East, new ConnectionId(1)), Assert.Single(description.Sessions));
        Assert.True((await Open(West, 1, session)).IsResumed);
    }

    [StoreFact]
    public async Task RenewSessions_OfABannedUser_ClosesTheConnection()
    {
        var session = (await Open(West, 1)).Session;
        await User.BanAsync(new Ban(null, "", "op"), None);
        await Runtime.RestartAsync(isOrderly: false);
        var west = Register(West);

        await Renew(West, 1, session);

        Assert.Equal(CloseReason.Banned, (await Until("the close", west.When<CloseConnectionsMessage>())).Reason);
        Assert.False((await User.DescribeAsync(None)).IsOnline);
    }

    [StoreFact]
    public async Task Edge_ThatStopsRenewing_LosesItsConnections()
    {
        var session = (await Open(East, 1)).Session;
        await Runtime.AdvanceAsync(TimeSpan.FromSeconds(20));
        await Renew(East, 1, session);
        await Runtime.AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.NotNull(Assert.Single((await User.DescribeAsync(None)).Sessions).Connection);

        await Runtime.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Null(Assert.Single((await User.DescribeAsync(None)).Sessions).Connection);
    }

    [StoreFact]
    public async Task LastSeen_IsTheEndOfTheLastConnection_AndSurvivesARestart()
    {
        Assert.Null((await User.DescribeAsync(None)).LastSeen);
        await Open(East, 1);
        await Runtime.AdvanceAsync(TimeSpan.FromSeconds(5));
        await User.EndConnectionAsync(East, new ConnectionId(1), None);
        var end = Now;

        await Runtime.AdvanceAsync(UserMachineGrace);

        Assert.Equal((false, end), await Presence());
        await Runtime.RestartAsync(isOrderly: false);
        Assert.Equal((false, end), await Presence());
    }

    [StoreFact]
    public async Task LastSeen_OfAUserWhoWasOnline_SurvivesAnOrderlyRestart()
    {
        await Open(East, 1);
        var end = Now;

        await Runtime.RestartAsync(isOrderly: true);

        Assert.Equal((false, end), await Presence());
    }

    [StoreFact]
    public async Task SetStatus_IsDescribed_AndSurvivesARestart()
    {
        await User.SetStatusAsync(new UserStatusText("at lunch"), None);
        await Runtime.RestartAsync(isOrderly: false);

        Assert.Equal("at lunch", (await User.DescribeAsync(None)).Status);
    }

    [StoreFact]
    public async Task StatusChannel_TellsOfComingStatusAndGoing()
    {
        var east = Register(East);
        var channel = Channels.Get(ChannelName.Parse("status:ann"));
        await channel.AttachAsync(new AttachRequest(East, 0, []), None);

        await Open(East, 1);
        await Until("online", east.WhenPublications(1));
        await User.SetStatusAsync(new UserStatusText("busy"), None);
        await Until("the status", east.WhenPublications(2));
        await User.EndConnectionAsync(East, new ConnectionId(1), None);
        var lastSeen = Now.ToUnixTimeMilliseconds();
        await Runtime.AdvanceAsync(TimeSpan.FromSeconds(20));
        await channel.RenewAsync(new Renewal(East, ChannelName.Parse("status:ann"), default, 0), None);
        await Runtime.AdvanceAsync(TimeSpan.FromSeconds(10));

        var publications = await Until("offline", east.WhenPublications(3));
        Assert.Equal(
            [
                $$"""{"online":true,"status":"","lastSeen":{{lastSeen}}}""",
                $$"""{"online":true,"status":"busy","lastSeen":{{lastSeen}}}""",
                $$"""{"online":false,"status":"busy","lastSeen":{{lastSeen}}}""",
            ],
            publications.Select(static one => System.Text.Encoding.UTF8.GetString(one.Payload.Bytes.Span)));
        Assert.All(publications, static one => Assert.Equal("ann", one.Key));
    }

    [StoreFact]
    public async Task StatusChannel_ThatFails_CostsNoSession_AndIsTriedAgain()
    {
        var east = Register(East);
        var channel = Channels.Get(ChannelName.Parse("status:ann"));
        await channel.AttachAsync(new AttachRequest(East, 0, []), None);
        FailNext(nameof(IChannelLog.AppendAsync), LogFault.Before);

        Assert.Null((await Open(East, 1)).Refusal);
        await Until("the channel to give up", east.When<DetachedMessage>());
        await channel.AttachAsync(new AttachRequest(East, 0, []), None);
        await Runtime.AdvanceAsync(UserHost.RetryDelay + TimeSpan.FromSeconds(1));

        Assert.Single(await Until("online", east.WhenPublications(1)));
    }

    [StoreFact]
    public async Task Change_ThatLosesTheRaceAgainstAnotherOwner_IsMadeOnTopOfTheirs()
    {
        var east = Register(East);
        await Open(East, 1);
        await Runtime.UserStore.TrySaveAsync(Ann, UserRecord.Empty with { Version = 1, Ban = new Ban(null, "", "other") }, None);

        await User.SetStatusAsync(new UserStatusText("busy"), None);

        Assert.Equal(CloseReason.Banned, (await Until("the close", east.When<CloseConnectionsMessage>())).Reason);
        var kept = await Runtime.UserStore.LoadAsync(Ann, None);
        Assert.Equal(("busy", "other"), (kept.Status, kept.Ban?.By));
    }

    [StoreFact]
    public async Task Changes_AtOnce_AreAllKept()
    {
        await Task.WhenAll(
            User.BanAsync(new Ban(null, "", "op"), None).AsTask(),
            User.SetStatusAsync(new UserStatusText("busy"), None).AsTask(),
            User.RevokeTokensAsync(Now, None).AsTask());

        var kept = await Runtime.UserStore.LoadAsync(Ann, None);
        Assert.Equal((3, "op", "busy", Now), (kept.Version, kept.Ban?.By, kept.Status, kept.TokensRevokedBefore));
    }

    [StoreFact]
    public async Task Call_WithACancelledToken_IsCancelled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => User.DescribeAsync(new CancellationToken(canceled: true)).AsTask());

    [StoreFact]
    public async Task Ban_WithATooLongReason_IsRefusedToTheCaller() =>
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => User.BanAsync(new Ban(null, new string('x', Ban.MaxReasonLength + 1), "op"), None).AsTask());

    private static TimeSpan UserMachineGrace => TimeSpan.FromSeconds(30);

    private async Task<(bool IsOnline, DateTimeOffset? LastSeen)> Presence()
    {
        var description = await User.DescribeAsync(None);
        return (description.IsOnline, description.LastSeen);
    }

    private Task<OpenSessionOutcome> Open(
        EdgeId edge, long connection, SessionId? resume = null, int limit = 0, DateTimeOffset? issuedAt = null) =>
        User.OpenSessionAsync(
            new OpenSessionRequest(edge, new ConnectionId(connection), resume, issuedAt ?? Now, limit), None).AsTask();

    private Task Renew(EdgeId edge, long connection, SessionId session) =>
        User.RenewSessionsAsync(
            new SessionsRenewal(edge, [new HeldConnection(new ConnectionId(connection), session, Now)]), None).AsTask();
}
