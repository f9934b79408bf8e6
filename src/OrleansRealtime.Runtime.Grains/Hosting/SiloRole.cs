namespace OrleansRealtime.Runtime.Grains;

/// <summary>What a node of the cluster is for.</summary>
public enum SiloRole
{
    /// <summary>Holds sockets, and hosts channels and users.</summary>
    Both,

    /// <summary>Holds sockets; hosts channels and users only while no other node does.</summary>
    Edge,

    /// <summary>Hosts channels and users, and holds no sockets.</summary>
    Silo,
}
