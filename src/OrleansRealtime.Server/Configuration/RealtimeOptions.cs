using OrleansRealtime.Edge;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Server.Memory;
using OrleansRealtime.Server.Metrics;
using OrleansRealtime.Server.Operators;
using OrleansRealtime.Server.WarmUp;

namespace OrleansRealtime.Server.Configuration;

/// <summary>All that the server is told by its configuration. Section <c>Realtime</c>.</summary>
internal sealed class RealtimeOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Realtime";

    /// <summary>Which runtime carries the actors. Default: the one that was built in.</summary>
    public RuntimeChoice? Runtime { get; set; }

    /// <summary>How the silo of the Orleans runtime finds others, and what it is for.</summary>
    public RealtimeClusterOptions Cluster { get; } = new();

    /// <summary>How the embedded runtime keeps its actors.</summary>
    public EmbeddedRuntimeOptions Embedded { get; } = new();

    /// <summary>Where channel logs and users are kept.</summary>
    public StoreOptions Storage { get; } = new();

    /// <summary>How tokens are checked.</summary>
    public AuthenticationOptions Authentication { get; } = new();

    /// <summary>The keys with which servers use the HTTP API. Default none.</summary>
    public List<ApiKeyOptions> ApiKeys { get; } = [];

    /// <summary>The policy of each namespace; channels of others are refused, unless <c>*</c> is listed. Default none.</summary>
    public IDictionary<string, NamespaceOptions> Namespaces { get; } =
        new Dictionary<string, NamespaceOptions>(StringComparer.Ordinal);

    /// <summary>How the edge treats its connections.</summary>
    public EdgeOptions Edge { get; } = new();

    /// <summary>What the edge admits at most.</summary>
    public LimitOptions Limits { get; } = new();

    /// <summary>Who may read what is measured.</summary>
    public MetricsOptions Metrics { get; } = new();

    /// <summary>The console page.</summary>
    public ConsoleOptions Console { get; } = new();

    /// <summary>What the server does about its memory.</summary>
    public MemoryOptions Memory { get; } = new();

    /// <summary>How the server warms up before it takes clients.</summary>
    public WarmUpOptions WarmUp { get; } = new();

    /// <summary>How the node goes down.</summary>
    public DrainOptions Drain { get; } = new();
}
