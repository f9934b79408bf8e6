namespace OrleansRealtime.Server.Health;

/// <summary><c>/health/live</c> and <c>/health/ready</c>: for whoever restarts the process, and whoever sends it clients.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps both.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", static () => TypedResults.Text("live"));
        endpoints.MapGet("/health/ready", static async (Readiness readiness, CancellationToken cancellationToken) =>
            await readiness.FindObstacleAsync(cancellationToken) is { } obstacle
                ? TypedResults.Text(obstacle, statusCode: StatusCodes.Status503ServiceUnavailable)
                : TypedResults.Text("ready"));
    }
}
