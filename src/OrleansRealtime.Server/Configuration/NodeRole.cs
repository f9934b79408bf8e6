namespace OrleansRealtime.Server.Configuration;

/// <summary>What a node of the cluster is for.</summary>
internal enum NodeRole
{
    /// <summary>Takes clients, and hosts channels and users.</summary>
    Both,

    /// <summary>Takes clients; hosts no channels or users, so the cluster needs a node of another role.</summary>
    Edge,

    /// <summary>Hosts channels and users; takes no clients.</summary>
    Silo,
}
