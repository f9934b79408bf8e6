using System.ComponentModel.DataAnnotations;

namespace OrleansRealtime.Edge.Limits;

/// <summary>What an edge admits at most. Section <c>Realtime:Limits</c>; 0 means no limit.</summary>
public sealed class LimitOptions
{
    /// <summary>Handshakes per second on this node. Default 0.</summary>
    [Range(0, int.MaxValue)]
    public int HandshakesPerSecond { get; set; }

    /// <summary>Handshakes per second from one IP address (IPv6: one /64). Default 0.</summary>
    [Range(0, int.MaxValue)]
    public int HandshakesPerSecondPerIp { get; set; }

    /// <summary>Connections of one user on all nodes. Default 0.</summary>
    [Range(0, int.MaxValue)]
    public int ConnectionsPerUser { get; set; }

    /// <summary>Connections from one IP address (IPv6: one /64) on this node. Default 0.</summary>
    [Range(0, int.MaxValue)]
    public int ConnectionsPerIp { get; set; }

    /// <summary>Connections on this node. Default 0.</summary>
    [Range(0, int.MaxValue)]
    public int Connections { get; set; }

    /// <summary>Subscriptions of one connection; 1 to 10,000. Default 200.</summary>
    [Range(1, 10_000)]
    public int SubscriptionsPerConnection { get; set; } = 200;

    /// <summary>Commands per second of one connection, with a burst of two seconds' worth. Default 100.</summary>
    [Range(0, int.MaxValue)]
    public int CommandsPerSecond { get; set; } = 100;

    /// <summary>Bytes per second that one connection may send, with a burst of two seconds' worth or one message. Default 1 MiB.</summary>
    [Range(0, int.MaxValue)]
    public int BytesPerSecond { get; set; } = 1024 * 1024;

    /// <summary>Commands per second of one user through this node, over all connections and HTTP; the burst is two seconds' worth. Default 400.</summary>
    // Four busy tabs.
    public int CommandsPerSecondPerUser { get; set; } = 400;

    /// <summary>Bytes per second that one user may send through this node, with a burst as above. Default 4 MiB.</summary>
    public int BytesPerSecondPerUser { get; set; } = 4 * 1024 * 1024;

    /// <summary>Malformed messages that a connection may send before it is closed with 4029. Default 5; at least 1.</summary>
    [Range(1, int.MaxValue)]
    public int Strikes { get; set; } = 5;
}
