namespace OrleansRealtime.Runtime.Grains;

/// <summary>What a node of the cluster is for.</summary>
public enum SiloRole
{
    /// <summary>Holds sockets, and hosts channels and users.</summary>
    Both,

    /// <summary>
    /// Holds sockets, and never hosts channels or users. While no node of another role is alive, calls to them fail as
    /// unavailable; the sockets stay.
    /// </summary>
    Edge,

    /// <summary>Hosts channels and users, and holds no sockets.</summary>
    Silo,
}
