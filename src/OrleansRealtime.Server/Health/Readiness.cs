using System.Data.Common;

namespace OrleansRealtime.Server.Health;

/// <summary>Tells whether new clients should be sent here. Safe for concurrent use.</summary>
/// <param name="lifetime">Of the process: one that stops takes no new clients.</param>
/// <param name="database">The store's database, or null when nothing is stored.</param>
internal sealed class Readiness(IHostApplicationLifetime lifetime, DbDataSource? database)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What stands in the way, or null when the node is ready.</summary>
    public async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return "draining";
        }

        return database is null || await CanReachAsync(database, cancellationToken) ? null : "the store cannot be reached";
    }

    private static async Task<bool> CanReachAsync(DbDataSource database, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Patience);
        try
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(limited.Token);
            return true;
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException)
        {
            return false;
        }
    }
}
