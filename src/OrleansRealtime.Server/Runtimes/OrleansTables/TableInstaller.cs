using System.Data.Common;

namespace OrleansRealtime.Server.Runtimes.OrleansTables;

/// <summary>Creates what Orleans' ADO.NET providers need in a database: their tables, and the statements that they look up there.</summary>
/// <remarks>
/// May run again and again, and in several processes at once. What is there already is left as it is and needs no right to create
/// tables, so that an administrator may run Orleans' own scripts instead.
/// </remarks>
/// <param name="database">The database; disposed by its owner.</param>
/// <param name="scripts">Those of its dialect.</param>
internal sealed class TableInstaller(DbDataSource database, TableScripts scripts)
{
    // Longer than any of these statements takes, and than other processes hold the lock.
    private const int TimeoutSeconds = 30;

    /// <summary>Installs what is missing of these parts.</summary>
    /// <returns>The parts of which something was missing.</returns>
    /// <exception cref="DbException">The database failed.</exception>
    public async Task<IReadOnlyList<TablePart>> InstallAsync(IEnumerable<TablePart> parts, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var installed = await InstalledAsync(connection, cancellationToken);
        List<TablePart> missing = [.. parts.Where(part => scripts.QueriesOf(part).Any(query => !installed.Contains(query.Key)))];
        if (missing.Count == 0)
        {
            return missing;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, transaction, scripts.Prepare, cancellationToken);
        foreach (var part in missing)
        {
            await ExecuteAsync(connection, transaction, scripts.CreateTables(part), cancellationToken);
            foreach (var (key, text) in scripts.QueriesOf(part))
            {
                await ExecuteAsync(connection, transaction, scripts.AddQuery, cancellationToken, ("QueryKey", key), ("QueryText", text));
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return missing;
    }

    private async Task<HashSet<string>> InstalledAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        HashSet<string> keys = [];
        await using var has = Command(connection, null, scripts.HasQueries);
        if (Convert.ToInt32(await has.ExecuteScalarAsync(cancellationToken), null) == 0)
        {
            return keys;
        }

        await using var list = Command(connection, null, scripts.ListQueries);
        await using var reader = await list.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(reader.GetString(0));
        }

        return keys;
    }

    private static async Task ExecuteAsync(
        DbConnection connection,
        DbTransaction transaction,
        string sql,
        CancellationToken cancellationToken,
        params (string Name, string Value)[] parameters)
    {
        await using var command = Command(connection, transaction, sql);
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text of a statement from an embedded file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.CommandTimeout = TimeoutSeconds;
        command.Transaction = transaction;
        return command;
    }
}
