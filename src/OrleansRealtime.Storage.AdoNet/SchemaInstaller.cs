using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>
/// Brings the database's schema to the version that this program knows: numbered scripts, forward only, all in one transaction.
/// </summary>
/// <remarks>May run again and again, and in several processes at once: the dialect's lock lets one install and the others find it done.</remarks>
internal sealed partial class SchemaInstaller(StorageSource source, ILogger<SchemaInstaller> logger)
{
    /// <summary>Installs what is missing.</summary>
    /// <exception cref="StorageException">The store failed, or its schema is newer than this program.</exception>
    public async ValueTask InstallAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
            await connection.Statement("prepare-database").ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            await connection.BeginAsync(cancellationToken).ConfigureAwait(false);
            await connection.Statement("lock-schema").ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            await InstallMissingAsync(connection, cancellationToken).ConfigureAwait(false);
            await connection.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or TimeoutException or IOException)
        {
            throw new StorageException(
                $"The schema could not be installed in the {source.Dialect.Name} database: {exception.Message}",
                source.Classify(exception) is StorageFault.Transient or StorageFault.Conflict,
                exception);
        }
    }

    private async ValueTask InstallMissingAsync(StorageConnection connection, CancellationToken cancellationToken)
    {
        var found = (long)(await connection.Statement("schema-version").ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        var newest = source.Dialect.SchemaVersions.Max();
        if (found > newest)
        {
            throw new StorageException(
                $"The {source.Dialect.Name} database has schema version {found}, and this program knows versions up to {newest}. "
                + "Run the program that installed it or a newer one, or give this one another database.");
        }

        foreach (var version in source.Dialect.SchemaVersions.Where(version => version > found))
        {
            var script = SqlFiles.InstallPrefix + version.ToString("D4", CultureInfo.InvariantCulture);
            await connection.Statement(script).ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            await connection.Statement("add-schema-version").Set("version", version)
                .ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            SchemaInstalled(logger, source.Dialect.Name, version);
        }
    }
}
