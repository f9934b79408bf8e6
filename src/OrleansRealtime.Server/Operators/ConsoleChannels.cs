using OrleansRealtime.Edge.Http;

namespace OrleansRealtime.Server.Operators;

/// <summary>The channels and keys that the console reads.</summary>
internal static class ConsoleChannels
{
    /// <summary>The namespace of what nodes say of themselves.</summary>
    public const string Namespace = "console";

    /// <summary>
    /// What each node says of itself, the latest of each key: <c>{node}</c> (<see cref="NodeSample"/>), <c>{node}/channels</c>
    /// (<see cref="BusyChannel"/>) and <c>{node}/past</c> (<see cref="PastPoints"/>).
    /// </summary>
    public static ChannelName Nodes { get; } = ChannelName.Parse(Namespace + ":nodes");

    /// <summary>Whether a channel is there for the console only.</summary>
    public static bool IsOne(ChannelName channel) => channel.Namespace is Namespace or AuditTrail.Namespace;

    /// <summary>The keys of a node.</summary>
    public static string[] KeysOf(EdgeId node) => [node.Value, ChannelsKey(node), PastKey(node)];

    /// <summary>The key of a node's busiest channels.</summary>
    public static string ChannelsKey(EdgeId node) => node.Value + "/channels";

    /// <summary>The key of a node's last minutes.</summary>
    public static string PastKey(EdgeId node) => node.Value + "/past";
}
