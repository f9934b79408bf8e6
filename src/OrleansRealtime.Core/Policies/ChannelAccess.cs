namespace OrleansRealtime.Core.Policies;

/// <summary>Who may do what in the channels of a namespace when no grant says otherwise.</summary>
public enum ChannelAccess
{
    /// <summary>Anyone may subscribe, read history and see presence; authenticated users may publish and signal too.</summary>
    Public,

    /// <summary>Any authenticated user may do everything but manage.</summary>
    Authenticated,

    /// <summary>Nobody, unless a grant, a capability of the token or the application says so.</summary>
    Private,

    /// <summary>Nobody but those who have <see cref="ChannelRights.Manage"/>, by a grant or a capability; and whom a grant names.</summary>
    Managed,
}
