namespace OrleansRealtime.Server.Configuration;

/// <summary>Where the nodes of a cluster find each other.</summary>
internal enum ClusterMode
{
    /// <summary>Nowhere: this process is its own cluster.</summary>
    Localhost,

    /// <summary>In Redis.</summary>
    Redis,

    /// <summary>In a PostgreSQL database.</summary>
    AdoNet,
}
