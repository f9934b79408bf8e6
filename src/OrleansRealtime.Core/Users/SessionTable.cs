using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime.Core.Users;

/// <summary>The sessions of one user, by id and by the connection that holds them. Not safe for concurrent use.</summary>
/// <remarks>Nearly every user has one or two, which are looked through; only who has many pays for dictionaries.</remarks>
internal sealed class SessionTable
{
    /// <summary>How many are looked through at most: 8.</summary>
    public const int Few = 8;

    private readonly List<Session> _all = new(1);
    private Dictionary<SessionId, Session>? _byId;
    private Dictionary<(EdgeId Edge, ConnectionId Connection), Session>? _byLink;

    /// <summary>All of them, in the order in which they were added.</summary>
    public IReadOnlyList<Session> All => _all;

    /// <summary>How many there are.</summary>
    public int Count => _all.Count;

    /// <summary>How many of them a connection holds.</summary>
    public int Linked { get; private set; }

    /// <summary>When the first of them has run out; null when there is none.</summary>
    public DateTimeOffset? NextDeadline
    {
        get
        {
            DateTimeOffset? first = null;
            foreach (var session in _all)
            {
                first = first < session.Deadline ? first : session.Deadline;
            }

            return first;
        }
    }

    /// <summary>The session of an id, or null.</summary>
    public Session? Find(SessionId id) =>
        _byId is not null ? _byId.GetValueOrDefault(id) : _all.Find(session => session.Id == id);

    /// <summary>The session that a connection holds.</summary>
    public bool TryFind((EdgeId Edge, ConnectionId Connection) link, [NotNullWhen(true)] out Session? session)
    {
        if (_byLink is not null)
        {
            return _byLink.TryGetValue(link, out session);
        }

        foreach (var candidate in _all)
        {
            if (candidate.IsLinked && candidate.Connection == link.Connection && candidate.Edge == link.Edge)
            {
                session = candidate;
                return true;
            }
        }

        session = null;
        return false;
    }

    /// <summary>Adds a session that nothing holds yet.</summary>
    public void Add(Session session)
    {
        _all.Add(session);
        if (_byId is not null)
        {
            _byId.Add(session.Id, session);
        }
        else if (_all.Count > Few)
        {
            _byId = _all.ToDictionary(static each => each.Id);
            _byLink = _all.Where(static each => each.IsLinked).ToDictionary(static each => each.Link!.Value);
        }
    }

    /// <summary>Removes a session, and its connection with it.</summary>
    public void Remove(Session session)
    {
        if (session.IsLinked)
        {
            Unlink(session.Link!.Value);
        }

        _all.Remove(session);
        _byId?.Remove(session.Id);
    }

    /// <summary>A session that is here was connected: from now on it is found by its connection.</summary>
    public void Link(Session session)
    {
        session.IsLinked = true;
        Linked++;
        _byLink?.Add(session.Link!.Value, session);
    }

    /// <summary>A connection holds its session no longer; false when it held none.</summary>
    public bool Unlink((EdgeId Edge, ConnectionId Connection) link)
    {
        if (!TryFind(link, out var session))
        {
            return false;
        }

        session.IsLinked = false;
        Linked--;
        _byLink?.Remove(link);
        return true;
    }
}
