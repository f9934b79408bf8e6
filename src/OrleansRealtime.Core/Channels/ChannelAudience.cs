using System.Collections.Immutable;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Presence;

namespace OrleansRealtime.Core.Channels;

/// <summary>To whom a channel delivers: the attached edges, and the users present through them. Pure.</summary>
internal sealed class ChannelAudience
{
    /// <summary>
    /// How long an attachment lasts without being renewed: 30 s, three of the edges' intervals of 10 s, so that one lost renewal
    /// and one late one cost nothing.
    /// </summary>
    public static readonly TimeSpan AttachmentLife = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<EdgeId, DateTimeOffset> Nobody = [];

    // Shared, and never written to, until somebody attaches: most channels of users' status are watched by nobody.
    private Dictionary<EdgeId, DateTimeOffset> _renewedAt = Nobody;
    private PresenceTable? _presence;

    /// <summary>Who is there.</summary>
    public PresenceTable Presence => _presence ??= new PresenceTable(ChannelPolicy.FlapGrace);

    /// <summary>The attached edges.</summary>
    public Dictionary<EdgeId, DateTimeOffset>.KeyCollection Edges => _renewedAt.Keys;

    /// <summary>Whether nobody is attached, and nobody present or leaving.</summary>
    public bool IsEmpty => _renewedAt.Count == 0 && (_presence is null || _presence.Count == 0);

    /// <summary>When <see cref="DropExpired"/> or <see cref="PresenceTable.EndGraces"/> has something to do; null for never.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            var due = _presence?.NextDue;
            foreach (var renewed in _renewedAt.Values)
            {
                var end = renewed + AttachmentLife;
                due = due < end ? due : end;
            }

            return due;
        }
    }

    /// <summary>Attaches an edge with all its users, in place of an earlier attachment. Returns who was not present.</summary>
    public ImmutableArray<Member> Attach(EdgeId edge, ImmutableArray<Member> members, DateTimeOffset now)
    {
        if (ReferenceEquals(_renewedAt, Nobody))
        {
            _renewedAt = [];
        }

        _renewedAt[edge] = now;
        return _presence is null && members.IsDefaultOrEmpty ? [] : Presence.Replace(edge, members, now);
    }

    /// <summary>Whether the edge is attached.</summary>
    public bool IsAttached(EdgeId edge) => _renewedAt.ContainsKey(edge);

    /// <summary>Notes that an attachment still holds; false when there is none.</summary>
    public bool Renew(EdgeId edge, DateTimeOffset now)
    {
        if (!_renewedAt.ContainsKey(edge))
        {
            return false;
        }

        _renewedAt[edge] = now;
        return true;
    }

    /// <summary>Ends an attachment; the presence of its users ends with it, after their grace.</summary>
    public void Detach(EdgeId edge, DateTimeOffset now)
    {
        if (_renewedAt.Count > 0 && _renewedAt.Remove(edge))
        {
            _presence?.RemoveEdge(edge, now);
        }
    }

    /// <summary>Ends the attachments of all these edges at one time, so that whoever leaves with them leaves in one wave.</summary>
    public void Drop(IReadOnlySet<EdgeId> edges, DateTimeOffset now)
    {
        foreach (var edge in edges)
        {
            Detach(edge, now);
        }
    }

    /// <summary>Ends the attachments that were not renewed in time.</summary>
    public void DropExpired(DateTimeOffset now)
    {
        foreach (var (edge, renewed) in _renewedAt)
        {
            if (now - renewed >= AttachmentLife)
            {
                // Removing while enumerating is allowed for this type.
                Detach(edge, now);
            }
        }
    }
}
