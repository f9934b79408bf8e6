using System.ComponentModel.DataAnnotations;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Server.Configuration;

/// <summary>How the silo of the Orleans runtime finds others, and what it is for. Section <c>Realtime:Cluster</c>.</summary>
internal sealed class RealtimeClusterOptions
{
    /// <summary><c>localhost</c>, <c>redis</c> or <c>adonet</c>: where the nodes of the cluster find each other. Default localhost.</summary>
    // A cluster is for those who need more than one machine; they know where its members are to be kept.
    public ClusterMode Mode { get; set; } = ClusterMode.Localhost;

    /// <summary>The name of the cluster: nodes with the same name in the same place find each other. Default realtime; 1 to 150 characters.</summary>
    public string ClusterId { get; set; } = "realtime";

    /// <summary>The name under which the state of grains is kept, whatever cluster runs them. Default realtime; 1 to 150 characters.</summary>
    public string ServiceId { get; set; } = "realtime";

    /// <summary>For redis: its address with options, e.g. <c>redis.internal:6379,password=…</c>. Default none.</summary>
    public Secret? Redis { get; set; }

    /// <summary>For adonet: the connection string of the PostgreSQL database. Default null, which means that of <c>Storage</c>.</summary>
    // Who has PostgreSQL for the channels needs no second database for a handful of rows.
    public Secret? AdoNet { get; set; }

    /// <summary>
    /// The IP address at which this node listens for others, and at which they reach it. Default null: loopback for localhost,
    /// otherwise the first address of this machine that is not loopback.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>The port for other nodes; default 11111, as everywhere with Orleans. Two servers on one machine need two.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>The port for Orleans clients; default 30000, as everywhere with Orleans. 0 for none.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary><c>both</c>, <c>edge</c> or <c>silo</c>: what this node of the cluster is for. Default both.</summary>
    // One process is all that most need, and it has to be both.
    public NodeRole Role { get; set; } = NodeRole.Both;

    /// <summary>How long a channel or user that nobody needs stays active; 1 s to 1 day, default 5 min.</summary>
    // As the embedded runtime: a person who looks away and back finds the channel warm.
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether Orleans' dashboard is served at <c>/dashboard</c>, to tokens and keys that may manage all channels. Default true.
    /// </summary>
    // An operator who needs it needs it at once; while nobody looks it measures nothing.
    public bool Dashboard { get; set; } = true;

    /// <summary>How the nodes, and Orleans clients, prove who they are. Default: they do not.</summary>
    public SiloTlsOptions Tls { get; } = new();
}
