using System.Collections.Immutable;

namespace OrleansRealtime.Core.Users;

/// <summary>Decides who of one user's connections is admitted, which session it has, and when it must go.</summary>
/// <remarks>
/// Pure: it waits for nothing, reads no clock and sends nothing. What is kept (<see cref="Record"/>) it is told by its host,
/// which asks the store first. Every method that takes <c>now</c> first ends what has run out by then. Not safe for concurrent use.
/// </remarks>
internal sealed class UserMachine(UserRecord record)
{
    /// <summary>How long a session waits for its client to come back: 30 s.</summary>
    public static readonly TimeSpan ResumeGrace = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection counts as there without its edge renewing it: three renewals of 10 s.</summary>
    public static readonly TimeSpan ConnectionLease = TimeSpan.FromSeconds(30);

    /// <summary>How many sessions wait for their clients at most; beyond that the one that waited longest ends.</summary>
    public const int MaxSessionsInGrace = 100;

    private readonly SessionTable _sessions = new();
    private readonly EndedConnections _ended = new();
    private DateTimeOffset? _lastSeen = record.LastSeen;

    /// <summary>What is kept of the user, as far as known.</summary>
    public UserRecord Record { get; private set; } = record;

    /// <summary>Whether a session is connected or within its grace time.</summary>
    public bool IsOnline => _sessions.Count > 0;

    /// <summary>How many connections are open.</summary>
    public int Connections => _sessions.Linked;

    /// <summary>When a connection was last there, to be kept; null while that is still to come or kept already.</summary>
    public DateTimeOffset? UnkeptLastSeen => !IsOnline && _lastSeen != Record.LastSeen ? _lastSeen : null;

    /// <summary>When <see cref="Expire"/> has something to do; null when there is nothing to wait for.</summary>
    public DateTimeOffset? NextDue => _sessions.NextDeadline;

    /// <summary>What watchers may see.</summary>
    public StatusView Status => new(IsOnline, Record.Status, IsOnline ? null : _lastSeen);

    /// <summary>When a connection was last there, or null when never.</summary>
    public DateTimeOffset? LastSeen(DateTimeOffset now) => Connections > 0 ? now : _lastSeen;

    /// <summary>Admits a connection with the session it asks for or with <paramref name="fresh"/>, or says why not.</summary>
    public OpenDecision Open(OpenSessionRequest request, SessionId fresh, DateTimeOffset now)
    {
        Expire(now);
        var link = (request.Edge, request.Connection);
        if (RefusalOf(request.TokenIssuedAt, now) is { } refusal)
        {
            return OpenDecision.Refuse(refusal);
        }

        if (_ended.TryFind(link, out var reason))
        {
            return OpenDecision.Refuse(reason);
        }

        // An edge that did not hear the answer asks again.
        if (_sessions.TryFind(link, out var known))
        {
            return OpenDecision.Admit(known.Id, known.Id == request.Resume, null);
        }

        var resumed = request.Resume is { } id ? _sessions.Find(id) : null;
        var others = Connections - (resumed is { IsConnected: true } ? 1 : 0);
        if (request.MaxConnections > 0 && others >= request.MaxConnections)
        {
            return OpenDecision.Refuse(CloseReason.TooManyConnections);
        }

        var replaced = resumed?.Link is { } old ? Unlink(old, CloseReason.Replaced, now) : null;
        Connect(resumed ?? NewSession(fresh), link, request.TokenIssuedAt, now);
        return OpenDecision.Admit(resumed?.Id ?? fresh, resumed is not null, replaced);
    }

    /// <summary>Learns what an edge holds, and says which of it must close. What the edge does not mention is left to its lease.</summary>
    public ImmutableArray<Closing> Renew(SessionsRenewal renewal, DateTimeOffset now)
    {
        Expire(now);
        ImmutableArray<Closing>.Builder? closings = null;
        foreach (var held in renewal.Connections)
        {
            if (Renew(renewal.Edge, held, now) is { } reason)
            {
                (closings ??= ImmutableArray.CreateBuilder<Closing>()).Add(Unlink((renewal.Edge, held.Connection), reason, now));
            }
        }

        return closings?.ToImmutable() ?? [];
    }

    /// <summary>A connection ended by itself; its session waits for the client.</summary>
    public void End(EdgeId edge, ConnectionId connection, DateTimeOffset now)
    {
        Expire(now);
        var link = (edge, connection);
        var isKnown = _sessions.TryFind(link, out var session);

        // Remembered even when unknown: the end may overtake the opening.
        Unlink(link, CloseReason.Normal, now);
        if (isKnown)
        {
            StartGrace(session!, now);
        }
    }

    /// <summary>Whether a token issued then is good for going on.</summary>
    public RealtimeError? CheckToken(DateTimeOffset issuedAt, DateTimeOffset now) =>
        BanAt(now) is { } ban
            ? new RealtimeError(RealtimeErrorCode.Forbidden, $"The user is banned: {ban.Reason}")
            : IsRevoked(issuedAt)
                ? new RealtimeError(RealtimeErrorCode.Unauthenticated, "The token was revoked; get a new one.")
                : null;

    /// <summary>Takes over what the store says, and says which connections must close because of it.</summary>
    public ImmutableArray<Closing> Adopt(UserRecord record, DateTimeOffset now)
    {
        Record = record;
        Seen(record.LastSeen);
        Expire(now);
        return End(session => RefusalOf(session.TokenIssuedAt, now), now);
    }

    /// <summary>
    /// Closes all connections, or those of one session. Sessions whose clients are told to come back keep their grace time; the
    /// others end.
    /// </summary>
    public ImmutableArray<Closing> Disconnect(SessionId? only, CloseReason reason, DateTimeOffset now)
    {
        Expire(now);
        return End(session => only is null || session.Id == only ? reason : null, now);
    }

    /// <summary>Ends leases and grace times that have run out.</summary>
    public void Expire(DateTimeOffset now)
    {
        _ended.Forget(now);
        if (NextDue is not { } due || due > now)
        {
            return;
        }

        foreach (var session in _sessions.All.ToList())
        {
            if (session.Deadline <= now && session.IsConnected)
            {
                Lose(session, session.Deadline);
            }

            if (session.Deadline <= now)
            {
                _sessions.Remove(session);
            }
        }
    }

    /// <summary>These edges are gone: their connections are lost, and their sessions wait for the clients from now on.</summary>
    public void Drop(IReadOnlySet<EdgeId> edges, DateTimeOffset now)
    {
        Expire(now);
        foreach (var session in _sessions.All.Where(session => session.IsLinked && edges.Contains(session.Edge)).ToList())
        {
            Lose(session, now);
        }
    }

    /// <summary>What an operator may want to know.</summary>
    public UserDescription Describe(UserId user, DateTimeOffset now)
    {
        Expire(now);
        return new UserDescription(
            user,
            IsOnline,
            Record.Status,
            LastSeen(now),
            [.. _sessions.All.Select(static session => new SessionDescription(session.Id, session.Edge, session.Connection))],
            BanAt(now),
            Record.TokensRevokedBefore);
    }

    private CloseReason? Renew(EdgeId edge, HeldConnection held, DateTimeOffset now)
    {
        var link = (edge, held.Connection);
        if (RefusalOf(held.TokenIssuedAt, now) is { } refusal)
        {
            if (_sessions.TryFind(link, out var refused))
            {
                Seen(now);
                _sessions.Remove(refused);
            }

            return refusal;
        }

        if (_ended.TryFind(link, out var ended))
        {
            // Said again, because messages to edges may be lost.
            return ended == CloseReason.Normal ? null : ended;
        }

        if (_sessions.TryFind(link, out var known))
        {
            known.Connect(edge, held.Connection, held.TokenIssuedAt, now);
            return null;
        }

        var session = _sessions.Find(held.Session);
        if (session is { IsConnected: true })
        {
            return CloseReason.Replaced;
        }

        Connect(session ?? NewSession(held.Session), link, held.TokenIssuedAt, now);
        return null;
    }

    private ImmutableArray<Closing> End(Func<Session, CloseReason?> reasonFor, DateTimeOffset now)
    {
        var closings = ImmutableArray.CreateBuilder<Closing>();
        foreach (var session in _sessions.All.ToList())
        {
            if (reasonFor(session) is not { } reason)
            {
                continue;
            }

            if (session.Link is { } link)
            {
                closings.Add(Unlink(link, reason, now));
                StartGrace(session, now);
            }

            if (!reason.IsRetryable)
            {
                _sessions.Remove(session);
            }
        }

        return closings.ToImmutable();
    }

    private Session NewSession(SessionId id)
    {
        var session = new Session(id);
        _sessions.Add(session);
        return session;
    }

    private void Connect(
        Session session, (EdgeId Edge, ConnectionId Connection) link, DateTimeOffset tokenIssuedAt, DateTimeOffset now)
    {
        session.Connect(link.Edge, link.Connection, tokenIssuedAt, now);
        _sessions.Link(session);
    }

    private Closing Unlink((EdgeId Edge, ConnectionId Connection) link, CloseReason reason, DateTimeOffset now)
    {
        if (_sessions.Unlink(link))
        {
            Seen(now);
        }

        _ended.Add(link, reason, now);
        return new Closing(link.Edge, link.Connection, reason);
    }

    private void Lose(Session session, DateTimeOffset at)
    {
        // Not remembered as ended: if its edge was only slow, the next renewal brings the connection back.
        _sessions.Unlink(session.Link!.Value);
        Seen(session.HeardAt);
        StartGrace(session, at);
    }

    private void StartGrace(Session session, DateTimeOffset at)
    {
        session.StartGrace(at);
        if (_sessions.Count - _sessions.Linked > MaxSessionsInGrace)
        {
            var first = _sessions.All.Where(static waiting => !waiting.IsConnected).MinBy(static waiting => waiting.Deadline)!;
            _sessions.Remove(first);
        }
    }

    private void Seen(DateTimeOffset? at)
    {
        if (_lastSeen is null || at > _lastSeen)
        {
            _lastSeen = at;
        }
    }

    private Ban? BanAt(DateTimeOffset now) => Record.Ban is { } ban && (ban.Until is null || ban.Until > now) ? ban : null;

    private bool IsRevoked(DateTimeOffset issuedAt) => issuedAt < Record.TokensRevokedBefore;

    private CloseReason? RefusalOf(DateTimeOffset tokenIssuedAt, DateTimeOffset now) =>
        BanAt(now) is { } ban
            ? ban.ToCloseReason()
            : IsRevoked(tokenIssuedAt)
                ? CloseReason.TokenExpired.With("token revoked")
                : null;
}
