using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansRealtime.Edge;

/// <summary>Whether this node takes new connections: not while it drains.</summary>
internal sealed class EdgeReadiness : IHealthCheck
{
    /// <summary>The tag of checks that say whether a node is ready.</summary>
    public const string Tag = "ready";

    private readonly EdgeNode _node;

    /// <summary>Creates the check.</summary>
    public EdgeReadiness(EdgeNode node) => _node = node;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_node.IsDraining
            ? HealthCheckResult.Unhealthy("This node drains.")
            : HealthCheckResult.Healthy($"{_node.Connections.Count} connections."));
}
