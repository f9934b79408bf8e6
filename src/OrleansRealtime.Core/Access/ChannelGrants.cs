using System.Collections.Immutable;

namespace OrleansRealtime.Core.Access;

/// <summary>A channel's own word on who may do what. Immutable.</summary>
/// <param name="Version">Grows with every change, so that an edge knows when to check its subscribers again; 0 when none was ever made.</param>
/// <param name="Entries">By user.</param>
public sealed record ChannelGrants(long Version, ImmutableDictionary<UserId, GrantEntry> Entries)
{
    /// <summary>No grants.</summary>
    public static ChannelGrants None { get; } = new(0, ImmutableDictionary<UserId, GrantEntry>.Empty);

    /// <summary>The grants after <paramref name="rights"/> were given to <paramref name="user"/>.</summary>
    public ChannelGrants Grant(UserId user, ChannelRights rights)
    {
        var entry = Entries.GetValueOrDefault(user);
        return With(user, new GrantEntry(entry.Allowed | rights, entry.Denied & ~rights));
    }

    /// <summary>The grants after <paramref name="rights"/> were taken from <paramref name="user"/>, whatever else allows them.</summary>
    public ChannelGrants Revoke(UserId user, ChannelRights rights)
    {
        var entry = Entries.GetValueOrDefault(user);
        return With(user, new GrantEntry(entry.Allowed & ~rights, entry.Denied | rights));
    }

    private ChannelGrants With(UserId user, GrantEntry entry) => new(Version + 1, Entries.SetItem(user, entry));
}
