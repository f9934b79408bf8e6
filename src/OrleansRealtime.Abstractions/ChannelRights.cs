namespace OrleansRealtime;

/// <summary>What someone may do in a channel.</summary>
[Flags]
public enum ChannelRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Receive publications and signals.</summary>
    Subscribe = 1,

    /// <summary>Publish.</summary>
    Publish = 2,

    /// <summary>Send signals.</summary>
    Signal = 4,

    /// <summary>Read past publications beyond one's own resume.</summary>
    History = 8,

    /// <summary>See who is there.</summary>
    Presence = 16,

    /// <summary>Grant and revoke the other rights, and remove subscribers.</summary>
    Manage = 32,

    /// <summary>All of them.</summary>
    All = Subscribe | Publish | Signal | History | Presence | Manage,
}
