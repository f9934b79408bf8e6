namespace OrleansRealtime.Server.Configuration;

/// <summary>What a node of the cluster is for.</summary>
internal enum NodeRole
{
    /// <summary>Takes clients, and hosts channels and users.</summary>
    Both,

    /// <summary>Takes clients; hosts channels and users only while no other node does.</summary>
    Edge,

    /// <summary>Hosts channels and users; takes no clients.</summary>
    Silo,
}
