using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace OrleansRealtime.Server.Health;

/// <summary><c>/health/live</c> and <c>/health/ready</c>: for whoever restarts the process, and whoever sends it clients.</summary>
internal static class HealthEndpoints
{
    /// <summary>The tag of checks that say whether new clients should be sent here.</summary>
    public const string ReadyTag = "ready";

    /// <summary>Maps both: 200, or 503 when a check of readiness fails.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = static _ => false });
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = static check => check.Tags.Contains(ReadyTag),
        });
    }
}
