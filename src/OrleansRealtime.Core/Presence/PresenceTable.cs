using System.Collections.Immutable;

namespace OrleansRealtime.Core.Presence;

/// <summary>Who is present in a channel: each user once, counted by the edges that have a connection of theirs. Pure.</summary>
/// <remarks>
/// A join is told at once. A leave is told after a grace, so that a user who reconnects in time was never gone; until then the
/// user counts as present. All who go together leave together, in one wave. Times passed in must not go backwards.
/// </remarks>
internal sealed class PresenceTable
{
    private readonly TimeSpan _grace;
    private readonly Dictionary<UserId, Entry> _users = [];
    private readonly Dictionary<EdgeId, HashSet<UserId>> _edges = [];
    private readonly Queue<(UserId User, DateTimeOffset Due)> _leaving = [];

    /// <summary>Creates an empty table.</summary>
    /// <param name="grace">How long a user may be gone before it is told.</param>
    public PresenceTable(TimeSpan grace) => _grace = grace;

    /// <summary>How many users are present, including those within their grace.</summary>
    public int Count => _users.Count;

    /// <summary>When the next grace may end; null when nobody is leaving.</summary>
    public DateTimeOffset? NextDue => _leaving.TryPeek(out var next) ? next.Due : null;

    /// <summary>Whether this user is present.</summary>
    public bool Contains(UserId user) => _users.ContainsKey(user);

    /// <summary>Users of an edge came. Returns those who were not present.</summary>
    public ImmutableArray<Member> Join(EdgeId edge, ImmutableArray<Member> members)
    {
        if (members.IsDefaultOrEmpty)
        {
            return [];
        }

        var local = LocalTo(edge);
        var joined = ImmutableArray.CreateBuilder<Member>();
        foreach (var member in members)
        {
            if (_users.TryGetValue(member.User, out var entry))
            {
                entry.Member = member;
                entry.LeavesAt = null;
            }
            else
            {
                entry = new Entry(member);
                _users.Add(member.User, entry);
                joined.Add(member);
            }

            if (local.Add(member.User))
            {
                entry.Edges++;
            }
        }

        return joined.DrainToImmutable();
    }

    /// <summary>Users of an edge went; those unknown there are ignored.</summary>
    public void Leave(EdgeId edge, ImmutableArray<UserId> users, DateTimeOffset now)
    {
        if (users.IsDefaultOrEmpty || !_edges.TryGetValue(edge, out var local))
        {
            return;
        }

        foreach (var user in users)
        {
            if (local.Remove(user))
            {
                Release(user, now);
            }
        }

        if (local.Count == 0)
        {
            _edges.Remove(edge);
        }
    }

    /// <summary>Makes <paramref name="members"/> all users of an edge. Returns those who were not present.</summary>
    public ImmutableArray<Member> Replace(EdgeId edge, ImmutableArray<Member> members, DateTimeOffset now)
    {
        _edges.Remove(edge, out var before);
        // Joined first: who is on both lists must not pass through a leave.
        var joined = Join(edge, members);
        foreach (var user in before ?? [])
        {
            Release(user, now);
        }

        return joined;
    }

    /// <summary>An edge is gone, and all its users with it.</summary>
    public void RemoveEdge(EdgeId edge, DateTimeOffset now)
    {
        if (_edges.Remove(edge, out var local))
        {
            foreach (var user in local)
            {
                Release(user, now);
            }
        }
    }

    /// <summary>Ends the graces that are over. Returns who has left.</summary>
    public ImmutableArray<Member> EndGraces(DateTimeOffset now)
    {
        var left = ImmutableArray.CreateBuilder<Member>();
        while (_leaving.TryPeek(out var next) && next.Due <= now)
        {
            _leaving.Dequeue();
            // Who came back, and perhaps went again since, is due at another time or not at all.
            if (_users.TryGetValue(next.User, out var entry) && entry.LeavesAt == next.Due)
            {
                _users.Remove(next.User);
                left.Add(entry.Member);
            }
        }

        return left.DrainToImmutable();
    }

    /// <summary>Up to <paramref name="maxCount"/> of those present, in no particular order.</summary>
    public ImmutableArray<Member> List(int maxCount)
    {
        var members = ImmutableArray.CreateBuilder<Member>(Math.Min(maxCount, _users.Count));
        foreach (var entry in _users.Values)
        {
            if (members.Count == maxCount)
            {
                break;
            }

            members.Add(entry.Member);
        }

        return members.DrainToImmutable();
    }

    private void Release(UserId user, DateTimeOffset now)
    {
        var entry = _users[user];
        entry.Edges--;
        if (entry.Edges == 0)
        {
            entry.LeavesAt = now + _grace;
            _leaving.Enqueue((user, now + _grace));
        }
    }

    private HashSet<UserId> LocalTo(EdgeId edge)
    {
        if (!_edges.TryGetValue(edge, out var local))
        {
            local = [];
            _edges.Add(edge, local);
        }

        return local;
    }

    private sealed class Entry(Member member)
    {
        public Member Member { get; set; } = member;

        public int Edges { get; set; }

        public DateTimeOffset? LeavesAt { get; set; }
    }
}
