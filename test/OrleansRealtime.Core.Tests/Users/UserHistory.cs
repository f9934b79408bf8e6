using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Core.Tests.Users;

/// <summary>One random act on a user; what the numbers mean depends on the kind.</summary>
public readonly record struct UserStep(int Kind, int A, int B);

/// <summary>Plays acts to a user machine, and keeps by itself which connections may be there.</summary>
internal sealed class UserHistory
{
    public const int Kinds = 8;

    private const int Limit = 3;

    private static readonly UserId Ann = UserId.Parse("ann");

    private readonly UserMachine _machine = new(UserRecord.Empty);
    private readonly Dictionary<(EdgeId Edge, ConnectionId Connection), (DateTimeOffset Heard, DateTimeOffset IssuedAt)> _alive = [];
    private readonly Dictionary<(EdgeId, ConnectionId), DateTimeOffset> _ended = [];
    private readonly List<SessionId> _sessions = [];
    private DateTimeOffset _now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private bool _wasThere;

    public void Run(IEnumerable<UserStep> steps)
    {
        foreach (var step in steps)
        {
            Do(step);
            Check();
        }

        _now += UserMachine.ConnectionLease + UserMachine.ResumeGrace;
        _machine.Expire(_now);
        Assert.False(_machine.IsOnline);
        Assert.Null(_machine.NextDue);
        Assert.Equal(_wasThere, _machine.LastSeen(_now) is not null);
    }

    private void Do(UserStep step)
    {
        var link = (Edge: new EdgeId(step.A % 2 == 0 ? "east" : "west"), Connection: new ConnectionId(step.B % 12));
        switch (step.Kind)
        {
            case 0:
                Open(step, link);
                break;
            case 1:
                _machine.End(link.Edge, link.Connection, _now);
                Bury(link);
                break;
            case 2:
                Renew(step, link.Edge);
                break;
            case 3:
                _now += TimeSpan.FromSeconds(step.A);
                _machine.Expire(_now);
                break;
            case 4:
                Adopt(_machine.Record with { Ban = new Ban(step.A % 3 == 0 ? null : _now.AddSeconds(step.B), "", "op") });
                break;
            case 5:
                Adopt(_machine.Record with { Ban = null });
                break;
            case 6:
                Adopt(_machine.Record with { TokensRevokedBefore = _now.AddSeconds(-step.A) });
                break;
            default:
                var reason = step.A % 2 == 0 ? CloseReason.GoingAway : CloseReason.Kicked;
                Bury(_machine.Disconnect(step.B % 4 == 0 ? null : Session(step.B), reason, _now));
                break;
        }
    }

    private void Open(UserStep step, (EdgeId Edge, ConnectionId Connection) link)
    {
        var issuedAt = _now.AddSeconds(-step.A);
        var fresh = new SessionId($"s{_sessions.Count}");
        var request = new OpenSessionRequest(link.Edge, link.Connection, step.A % 3 == 0 ? null : Session(step.A), issuedAt, Limit);
        var isKnown = IsThere(link);
        var decision = _machine.Open(request, fresh, _now);
        if (decision.Outcome.Refusal is not null)
        {
            return;
        }

        if (decision.Replaced is { } replaced)
        {
            Bury((replaced.Edge, replaced.Connection));
        }

        if (!isKnown)
        {
            _sessions.Add(fresh);
            _alive[link] = (_now, issuedAt);
            _wasThere = true;
            Assert.InRange(_machine.Connections, 1, Math.Max(Limit, _alive.Count(pair => IsThere(pair.Key))));
        }
    }

    private void Renew(UserStep step, EdgeId edge)
    {
        var held = Enumerable.Range(0, step.B % 4)
            .Select(i => new HeldConnection(
                new ConnectionId((step.A + i) % 12), Session(step.A + i), _now.AddSeconds(-step.B)))
            .DistinctBy(one => one.Connection)
            .ToList();
        var closings = _machine.Renew(new SessionsRenewal(edge, [.. held]), _now);
        foreach (var one in held)
        {
            var link = (edge, one.Connection);
            var isClosed = closings.Any(closing => closing.Connection == one.Connection);
            var isStale = _ended.TryGetValue(link, out var at) && at + UserMachine.ConnectionLease > _now && !IsThere(link);
            if (isClosed)
            {
                Bury(link);
            }
            else if (!isStale)
            {
                _alive[link] = (_now, one.TokenIssuedAt);
                _wasThere = true;
            }
        }
    }

    private void Adopt(UserRecord record) => Bury(_machine.Adopt(record with { Version = record.Version + 1 }, _now));

    private void Bury(IEnumerable<Closing> closings)
    {
        foreach (var closing in closings)
        {
            Bury((closing.Edge, closing.Connection));
        }
    }

    private void Bury((EdgeId, ConnectionId) link)
    {
        _alive.Remove(link);
        if (!_ended.TryGetValue(link, out var at) || at + UserMachine.ConnectionLease <= _now)
        {
            _ended[link] = _now;
        }
    }

    private bool IsThere((EdgeId, ConnectionId) link) =>
        _alive.TryGetValue(link, out var known) && known.Heard + UserMachine.ConnectionLease > _now;

    private SessionId Session(int index) => _sessions.Count == 0 ? new SessionId("none") : _sessions[index % _sessions.Count];

    private void Check()
    {
        var description = _machine.Describe(Ann, _now);
        var there = description.Sessions.Where(session => session.Connection is not null)
            .Select(session => (session.Edge, session.Connection!.Value)).ToList();
        Assert.Equal(_alive.Keys.Where(IsThere).OrderBy(Order), there.OrderBy(Order));
        Assert.Equal(description.Sessions.Length, description.Sessions.DistinctBy(session => session.Session).Count());
        Assert.Equal(description.IsOnline, !description.Sessions.IsEmpty);
        Assert.Equal(description.IsOnline, _machine.NextDue > _now);
        if (description.Ban is not null)
        {
            Assert.Empty(there);
        }

        Assert.DoesNotContain(there, link => _alive[link].IssuedAt < description.TokensRevokedBefore);

        static string Order((EdgeId Edge, ConnectionId Connection) link) => $"{link.Edge} {link.Connection}";
    }
}
