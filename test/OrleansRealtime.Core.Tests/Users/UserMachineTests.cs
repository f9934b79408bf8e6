using System.Collections.Immutable;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Core.Tests.Users;

public sealed class UserMachineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly UserId Ann = UserId.Parse("ann");
    private static readonly EdgeId East = new("east");
    private static readonly EdgeId West = new("west");

    private readonly UserMachine _machine = new(UserRecord.Empty);
    private int _sessions;

    [Fact]
    public void Open_WithoutASessionToResume_GivesAFreshOne()
    {
        var outcome = Open(East, 1).Outcome;

        Assert.Equal(new OpenSessionOutcome(null, new SessionId("s1"), false), outcome);
        Assert.True(_machine.IsOnline);
    }

    [Fact]
    public void Open_WithAnUnknownSession_GivesAFreshOne()
    {
        var outcome = Open(East, 1, resume: new SessionId("made up")).Outcome;

        Assert.Equal(new OpenSessionOutcome(null, new SessionId("s1"), false), outcome);
    }

    [Fact]
    public void Open_WithinTheGrace_ResumesTheSession()
    {
        Open(East, 1);
        _machine.End(East, new ConnectionId(1), Noon);

        var decision = Open(West, 2, resume: new SessionId("s1"), at: Noon + UserMachine.ResumeGrace - Tick);

        Assert.Equal(new OpenSessionOutcome(null, new SessionId("s1"), true), decision.Outcome);
        Assert.Null(decision.Replaced);
    }

    [Fact]
    public void Open_WhenTheGraceHasEnded_GivesAFreshSession()
    {
        Open(East, 1);
        _machine.End(East, new ConnectionId(1), Noon);

        Assert.False(Open(West, 2, resume: new SessionId("s1"), at: Noon + UserMachine.ResumeGrace).Outcome.IsResumed);
    }

    [Fact]
    public void Drop_OfEdgesThatAreGone_LeavesTheirSessionsToTheirGrace_AndOthersAlone()
    {
        Open(East, 1);
        Open(West, 2);

        _machine.Drop(new HashSet<EdgeId> { East }, Noon + Tick);

        Assert.Equal(1, _machine.Connections);
        Assert.True(Open(West, 3, resume: new SessionId("s1"), at: Noon + UserMachine.ResumeGrace).Outcome.IsResumed);
    }

    [Fact]
    public void Drop_OfAnEdgeThatIsOnlySlow_IsMendedByItsNextRenewal()
    {
        var held = new HeldConnection(new ConnectionId(1), Open(East, 1).Outcome.Session, Noon);
        _machine.Drop(new HashSet<EdgeId> { East }, Noon);

        Assert.Empty(_machine.Renew(new SessionsRenewal(East, [held]), Noon + Tick));

        Assert.Equal(1, _machine.Connections);
    }

    [Fact]
    public void Open_OfASessionThatIsStillConnected_ReplacesItsConnection()
    {
        Open(East, 1);

        var decision = Open(West, 2, resume: new SessionId("s1"));

        Assert.True(decision.Outcome.IsResumed);
        Assert.Equal(new Closing(East, new ConnectionId(1), CloseReason.Replaced), decision.Replaced);
        Assert.Equal(1, _machine.Connections);
    }

    [Fact]
    public void Open_AskedAgainForTheSameConnection_GivesTheSameAnswer()
    {
        var first = Open(East, 1).Outcome;

        Assert.Equal(first, Open(East, 1).Outcome);
        Assert.Equal(1, _machine.Connections);
    }

    [Fact]
    public void Open_OfAConnectionWhoseEndCameFirst_IsRefused()
    {
        _machine.End(East, new ConnectionId(1), Noon);

        Assert.Equal(CloseReason.Normal, Open(East, 1).Outcome.Refusal);
        Assert.False(_machine.IsOnline);
    }

    [Theory]
    [InlineData(0, 5, true)]
    [InlineData(2, 1, true)]
    [InlineData(2, 2, false)]
    public void Open_IsLimitedByTheUsersOpenConnections(int limit, int open, bool isAdmitted)
    {
        for (var connection = 1; connection <= open; connection++)
        {
            Open(East, connection);
        }

        var refusal = Open(West, 9, limit: limit).Outcome.Refusal;

        Assert.Equal(isAdmitted ? null : CloseReason.TooManyConnections, refusal);
    }

    [Fact]
    public void Open_AtTheLimit_MayStillReplaceItsOwnConnection()
    {
        Open(East, 1);

        Assert.Null(Open(West, 2, resume: new SessionId("s1"), limit: 1).Outcome.Refusal);
    }

    [Fact]
    public void Open_AtTheLimit_DoesNotCountSessionsInGrace()
    {
        Open(East, 1);
        _machine.End(East, new ConnectionId(1), Noon);

        Assert.Null(Open(West, 2, limit: 1).Outcome.Refusal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    public void Ban_HoldsUntilItsEnd(int? secondsLeft, bool isRefused)
    {
        Ban(secondsLeft is { } left ? Noon.AddSeconds(left) : null, "spam");

        Assert.Equal(isRefused ? CloseReason.Banned.With("spam") : null, Open(East, 1).Outcome.Refusal);
        Assert.Equal(isRefused ? RealtimeErrorCode.Forbidden : null, _machine.CheckToken(Noon, Noon)?.Code);
        Assert.Equal(isRefused, _machine.Describe(Ann, Noon).Ban is not null);
    }

    [Fact]
    public void Ban_ClosesConnections_AndEndsSessionsInGraceToo()
    {
        Open(East, 1);
        Open(West, 2);
        _machine.End(West, new ConnectionId(2), Noon);

        var closings = Ban(null, "");

        Assert.Equal(new Closing(East, new ConnectionId(1), CloseReason.Banned), Assert.Single(closings));
        Assert.False(_machine.IsOnline);
    }

    [Fact]
    public void Ban_WithAReasonTooLongForACloseFrame_ClosesWithItsOwnWord()
    {
        Open(East, 1);

        Assert.Equal(CloseReason.Banned, Ban(null, new string('ü', Core.Users.Ban.MaxReasonLength)).Single().Reason);
    }

    [Fact]
    public void Revocation_ClosesAndRefusesOlderTokensOnly()
    {
        Open(East, 1, issuedAt: Noon - Tick);
        Open(East, 2, issuedAt: Noon);

        var closings = _machine.Adopt(_machine.Record with { TokensRevokedBefore = Noon }, Noon);

        Assert.Equal((East, new ConnectionId(1), 4010), Single(closings));
        Assert.Equal(4010, Open(East, 3, issuedAt: Noon - Tick).Outcome.Refusal?.Code);
        Assert.Null(Open(East, 4, issuedAt: Noon).Outcome.Refusal);
        Assert.Equal(RealtimeErrorCode.Unauthenticated, _machine.CheckToken(Noon - Tick, Noon)?.Code);
        Assert.Null(_machine.CheckToken(Noon, Noon));
    }

    [Fact]
    public void Revocation_OfATokenThatWasRefreshedAndRenewed_SparesTheConnection()
    {
        Open(East, 1, issuedAt: Noon - Tick);
        Renew(East, (1, "s1", Noon));

        Assert.Empty(_machine.Adopt(_machine.Record with { TokensRevokedBefore = Noon }, Noon));
    }

    [Fact]
    public void Connection_ThatIsNotRenewed_IsLostAfterItsLease_AndItsSessionAfterItsGrace()
    {
        Open(East, 1);
        var lost = Noon + UserMachine.ConnectionLease;

        _machine.Expire(lost - Tick);
        Assert.Equal(1, _machine.Connections);
        Assert.Equal(lost, _machine.NextDue);

        _machine.Expire(lost);
        Assert.Equal(0, _machine.Connections);
        Assert.True(_machine.IsOnline);

        _machine.Expire(lost + UserMachine.ResumeGrace);
        Assert.False(_machine.IsOnline);
        Assert.Null(_machine.NextDue);
        Assert.Equal(Noon, _machine.LastSeen(lost + UserMachine.ResumeGrace));
    }

    [Fact]
    public void Expire_LongAfterAll_EndsLeaseAndGraceInOneGo()
    {
        Open(East, 1);

        _machine.Expire(Noon + TimeSpan.FromHours(1));

        Assert.False(_machine.IsOnline);
    }

    [Fact]
    public void Renew_ExtendsTheLease()
    {
        Open(East, 1);
        var later = Noon + UserMachine.ConnectionLease - Tick;
        Renew(East, later, (1, "s1", Noon));

        _machine.Expire(later + UserMachine.ConnectionLease - Tick);

        Assert.Equal(1, _machine.Connections);
    }

    [Fact]
    public void Renew_OfConnectionsThatTheMachineDoesNotKnow_LearnsThem()
    {
        Assert.Empty(Renew(East, (1, "old", Noon)));

        Assert.Equal(
            new SessionDescription(new SessionId("old"), East, new ConnectionId(1)),
            Assert.Single(_machine.Describe(Ann, Noon).Sessions));
        Assert.True(Open(West, 2, resume: new SessionId("old")).Outcome.IsResumed);
    }

    [Fact]
    public void Renew_AfterTheLeaseRanOut_BringsTheConnectionBackToItsSession()
    {
        Open(East, 1);
        var late = Noon + UserMachine.ConnectionLease;

        Assert.Empty(Renew(East, late, (1, "s1", Noon)));

        Assert.Equal(1, _machine.Connections);
        Assert.Single(_machine.Describe(Ann, late).Sessions);
    }

    [Fact]
    public void Renew_WhileBanned_ClosesTheConnection()
    {
        Ban(null, "");

        Assert.Equal((East, new ConnectionId(1), 4031), Single(Renew(East, (1, "s1", Noon))));
        Assert.False(_machine.IsOnline);
    }

    [Fact]
    public void Renew_WithARevokedToken_ClosesTheConnection()
    {
        _machine.Adopt(UserRecord.Empty with { Version = 1, TokensRevokedBefore = Noon }, Noon);

        Assert.Equal((East, new ConnectionId(1), 4010), Single(Renew(East, (1, "s1", Noon - Tick))));
    }

    [Fact]
    public void Renew_WrittenBeforeTheConnectionEnded_DoesNotBringItBack()
    {
        Open(East, 1);
        _machine.End(East, new ConnectionId(1), Noon);

        Assert.Empty(Renew(East, (1, "s1", Noon)));
        Assert.Equal(0, _machine.Connections);
    }

    [Fact]
    public void Renew_OfAConnectionThatWasToldToClose_TellsItAgain()
    {
        Open(East, 1);
        _machine.Disconnect(null, CloseReason.Kicked, Noon);

        Assert.Equal((East, new ConnectionId(1), 4030), Single(Renew(East, (1, "s1", Noon))));
    }

    // Found by chance: what was told to close came back with the next renewal, if its session had become free.
    [Fact]
    public void Renew_OfAConnectionThatARenewalToldToClose_DoesNotBringItBack()
    {
        Open(East, 1);
        Renew(West, (7, "s1", Noon));
        _machine.Disconnect(null, CloseReason.GoingAway, Noon);

        Assert.Equal((West, new ConnectionId(7), 4009), Single(Renew(West, (7, "s1", Noon))));
        Assert.Equal(0, _machine.Connections);
    }

    [Fact]
    public void Renew_OfASessionThatAnotherConnectionHolds_ClosesTheRenewedOne()
    {
        Open(East, 1);

        Assert.Equal((West, new ConnectionId(7), 4009), Single(Renew(West, (7, "s1", Noon))));
        Assert.Equal(1, _machine.Connections);
    }

    [Fact]
    public void Disconnect_ForGood_EndsTheSessions()
    {
        Open(East, 1);
        Open(West, 2);

        Assert.Equal(2, _machine.Disconnect(null, CloseReason.Kicked, Noon).Length);
        Assert.False(_machine.IsOnline);
    }

    [Fact]
    public void Disconnect_WithAReasonToComeBack_LeavesTheSessionItsGrace()
    {
        Open(East, 1);
        Open(West, 2);

        var closings = _machine.Disconnect(new SessionId("s1"), CloseReason.GoingAway, Noon);

        Assert.Equal((East, new ConnectionId(1), 1001), Single(closings));
        Assert.True(Open(East, 3, resume: new SessionId("s1")).Outcome.IsResumed);
    }

    [Fact]
    public void Grace_OfMoreSessionsThanRemembered_EndsTheOldest()
    {
        for (var connection = 1; connection <= UserMachine.MaxSessionsInGrace + 1; connection++)
        {
            var at = Noon + (connection * Tick);
            Open(East, connection, at: at);
            _machine.End(East, new ConnectionId(connection), at);
        }

        Assert.Equal(UserMachine.MaxSessionsInGrace, _machine.Describe(Ann, Noon).Sessions.Length);
        Assert.False(Open(West, 999, resume: new SessionId("s1")).Outcome.IsResumed);
    }

    [Fact]
    public void LastSeen_IsToBeKeptWhenTheUserIsGone_AndNotBefore()
    {
        Open(East, 1);
        var end = Noon.AddSeconds(3);
        _machine.End(East, new ConnectionId(1), end);
        Assert.Null(_machine.UnkeptLastSeen);

        _machine.Expire(end + UserMachine.ResumeGrace);
        Assert.Equal(end, _machine.UnkeptLastSeen);

        _machine.Adopt(_machine.Record with { LastSeen = end }, end + UserMachine.ResumeGrace);
        Assert.Null(_machine.UnkeptLastSeen);
    }

    [Fact]
    public void Status_WhileOnline_DoesNotChangeWithTime()
    {
        Open(East, 1);
        var before = _machine.Status;
        Renew(East, Noon.AddSeconds(10), (1, "s1", Noon));

        Assert.Equal(before, _machine.Status);
        Assert.Equal(Noon.AddSeconds(10), _machine.LastSeen(Noon.AddSeconds(10)));
    }

    private static (EdgeId Edge, ConnectionId Connection, int Code) Single(ImmutableArray<Closing> closings)
    {
        var closing = Assert.Single(closings);
        return (closing.Edge, closing.Connection, closing.Reason.Code);
    }

    private OpenDecision Open(
        EdgeId edge,
        long connection,
        SessionId? resume = null,
        int limit = 0,
        DateTimeOffset? issuedAt = null,
        DateTimeOffset? at = null)
    {
        var request = new OpenSessionRequest(edge, new ConnectionId(connection), resume, issuedAt ?? Noon, limit);
        return _machine.Open(request, new SessionId($"s{++_sessions}"), at ?? Noon);
    }

    private ImmutableArray<Closing> Ban(DateTimeOffset? until, string reason) =>
        _machine.Adopt(_machine.Record with { Ban = new Ban(until, reason, "op") }, Noon);

    private ImmutableArray<Closing> Renew(EdgeId edge, params (long, string, DateTimeOffset)[] held) => Renew(edge, Noon, held);

    private ImmutableArray<Closing> Renew(EdgeId edge, DateTimeOffset at, params (long, string, DateTimeOffset)[] held) =>
        _machine.Renew(
            new SessionsRenewal(
                edge,
                [.. held.Select(one => new HeldConnection(new ConnectionId(one.Item1), new SessionId(one.Item2), one.Item3))]),
            at);
}
