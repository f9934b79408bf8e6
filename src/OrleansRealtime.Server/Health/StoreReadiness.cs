using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansRealtime.Server.Health;

/// <summary>Whether the store answers. Safe for concurrent use.</summary>
/// <param name="database">The store's database.</param>
internal sealed class StoreReadiness(DbDataSource database) : IHealthCheck
{
    // Well below the timeouts of those who ask, some of which are 1 s for one try and 5 s for all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Patience);
        try
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(limited.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The store cannot be reached.");
        }
    }
}
