using System.Collections.Immutable;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client;

/// <summary>Who is in a channel. Immutable: each diff makes a new state. Pure.</summary>
public sealed record PresenceState
{
    private PresenceState()
    {
    }

    /// <summary>Nobody.</summary>
    public static PresenceState Empty { get; } = new();

    /// <summary>The members that are known, by user.</summary>
    public ImmutableDictionary<UserId, Member> Members { get; private init; } = ImmutableDictionary<UserId, Member>.Empty;

    /// <summary>How many there are; more than <see cref="Members"/> when the channel is large or only counts.</summary>
    public int Count { get; private init; }

    /// <summary>Whether <see cref="Members"/> is not all of them.</summary>
    public bool IsTruncated { get; private init; }

    /// <summary>The state that the server answered.</summary>
    public static PresenceState Of(PresenceAck ack) => new()
    {
        Members = ack.Members.ToImmutableDictionary(static member => member.User),
        Count = ack.Count,
        IsTruncated = ack.Truncated,
    };

    /// <summary>With a member that is there now. Applying it twice does no harm.</summary>
    public PresenceState Join(Member member) => this with
    {
        Members = Members.SetItem(member.User, member),
        Count = Members.ContainsKey(member.User) ? Count : Count + 1,
    };

    /// <summary>Without a user that is gone now. Applying it twice does no harm, unless the state is truncated.</summary>
    public PresenceState Leave(UserId user) => Members.ContainsKey(user)
        ? this with { Members = Members.Remove(user), Count = Count - 1 }
        : IsTruncated ? this with { Count = Math.Max(Members.Count, Count - 1) } : this;
}
