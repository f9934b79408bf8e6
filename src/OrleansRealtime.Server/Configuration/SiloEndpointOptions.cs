using System.ComponentModel.DataAnnotations;

namespace OrleansRealtime.Server.Configuration;

/// <summary>Where the silo of the Orleans runtime listens; on loopback. Section <c>Realtime:Cluster</c>.</summary>
internal sealed class SiloEndpointOptions
{
    /// <summary>The port for other silos; default 11111, as everywhere with Orleans. Two servers on one machine need two.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>The port for Orleans clients; default 30000, as everywhere with Orleans.</summary>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary><c>both</c>, <c>edge</c> or <c>silo</c>: what this node of the cluster is for. Default both.</summary>
    // One process is all that most need, and it has to be both.
    public NodeRole Role { get; set; } = NodeRole.Both;
}
