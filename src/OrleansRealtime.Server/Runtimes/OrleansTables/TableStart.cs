using System.Data.Common;

namespace OrleansRealtime.Server.Runtimes.OrleansTables;

/// <summary>Installs the tables in their databases before any hosted service starts, and so before the silo looks for them.</summary>
/// <param name="databases">Each database with what belongs into it.</param>
/// <param name="logger">Told of what was installed.</param>
internal sealed partial class TableStart(IReadOnlyList<TableTarget> databases, ILogger<TableStart> logger) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var target in databases)
        {
            try
            {
                var installer = new TableInstaller(target.Database, target.Scripts);
                foreach (var part in await installer.InstallAsync(target.Parts, cancellationToken))
                {
                    TablesInstalled(logger, part, target.Name);
                }
            }
            catch (DbException exception)
            {
                throw new IOException($"The tables of Orleans could not be installed in the database of {target.Name}: {exception.Message}", exception);
            }
            finally
            {
                if (target.IsOwned)
                {
                    await target.Database.DisposeAsync();
                }
            }
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(5040, LogLevel.Information, "Installed the tables of Orleans for {Part} in the database of {Key}")]
    private static partial void TablesInstalled(ILogger logger, TablePart part, string key);
}
