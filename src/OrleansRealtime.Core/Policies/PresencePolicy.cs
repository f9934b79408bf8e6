namespace OrleansRealtime.Core.Policies;

/// <summary>What a channel tells of who is there.</summary>
public enum PresencePolicy
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>How many users.</summary>
    Count,

    /// <summary>Which users, with join and leave; at most <see cref="ChannelPolicy.MaxListedMembers"/> are listed.</summary>
    Members,
}
