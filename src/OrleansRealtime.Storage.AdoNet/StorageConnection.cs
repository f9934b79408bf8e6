using System.Data.Common;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>One open connection with its prepared statements and at most one transaction. Not safe for concurrent use.</summary>
internal sealed class StorageConnection : IAsyncDisposable
{
    private readonly Dialect _dialect;
    private readonly DbConnection _connection;
    private readonly int _timeoutSeconds;
    private readonly Dictionary<string, DbCommand> _commands = new(StringComparer.Ordinal);
    private readonly HashSet<DbCommand> _prepared = [];
    private DbTransaction? _transaction;

    private StorageConnection(Dialect dialect, DbConnection connection, TimeSpan statementTimeout)
    {
        _dialect = dialect;
        _connection = connection;
        _timeoutSeconds = Math.Max(1, (int)statementTimeout.TotalSeconds);
    }

    /// <summary>The dialect that the statements are in.</summary>
    public Dialect Dialect => _dialect;

    /// <summary>Opens a connection and sets it up as the dialect wants it.</summary>
    public static async ValueTask<StorageConnection> OpenAsync(
        Dialect dialect, DbDataSource source, TimeSpan statementTimeout, CancellationToken cancellationToken)
    {
        var opened = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        var connection = new StorageConnection(dialect, opened, statementTimeout);
        try
        {
            await connection.Statement("prepare-connection").ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// The statement of that name, bound to the transaction. It is the same command each time, so its values must be set anew.
    /// </summary>
    public DbCommand Statement(string name)
    {
        if (!_commands.TryGetValue(name, out var command))
        {
            command = _connection.CreateCommand();
            // The text comes from an embedded file; values are parameters.
#pragma warning disable CA2100
            command.CommandText = _dialect.Sql(name);
#pragma warning restore CA2100
            command.CommandTimeout = _timeoutSeconds;
            _commands.Add(name, command);
        }

        command.Transaction = _transaction;
        return command;
    }

    /// <summary>Runs a statement whose values are set, and returns how many rows it changed.</summary>
    public async ValueTask<int> ExecuteAsync(DbCommand statement, CancellationToken cancellationToken)
    {
        await PrepareAsync(statement, cancellationToken).ConfigureAwait(false);
        return await statement.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a statement whose values are set, and returns its rows.</summary>
    public async ValueTask<DbDataReader> ReadAsync(DbCommand statement, CancellationToken cancellationToken)
    {
        await PrepareAsync(statement, cancellationToken).ConfigureAwait(false);
        return await statement.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs statements whose values are set, one after the other in one round trip. Their values are taken over; the statements
    /// themselves are not prepared, since drivers prepare a batch on its own.
    /// </summary>
    public async ValueTask ExecuteAsync(IReadOnlyList<DbCommand> statements, CancellationToken cancellationToken)
    {
        var batch = _connection.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Transaction = _transaction;
            batch.Timeout = _timeoutSeconds;
            foreach (var statement in statements)
            {
                batch.BatchCommands.Add(ToBatchCommand(batch, statement));
            }

            // The driver keeps what it prepared with the connection, by text: only the first time costs a round trip.
            await batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Begins a transaction.</summary>
    public async ValueTask BeginAsync(CancellationToken cancellationToken) =>
        _transaction = await _connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Commits the transaction. When this throws, its outcome is unknown.</summary>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        var transaction = _transaction!;
        _transaction = null;
        try
        {
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await AbandonAsync(transaction).ConfigureAwait(false);
            throw;
        }

        await transaction.DisposeAsync().ConfigureAwait(false);
    }

    // SQLite ends the transaction by itself when the disk is full; the rollback then finds none, and that would hide why.
    private static async ValueTask AbandonAsync(DbTransaction transaction)
    {
        try
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
        }
        catch (DbException)
        {
            // The failure of the commit is on its way to the caller.
        }
    }

    private static DbBatchCommand ToBatchCommand(DbBatch batch, DbCommand statement)
    {
        var command = batch.CreateBatchCommand();
#pragma warning disable CA2100 // The text of a statement from an embedded file.
        command.CommandText = statement.CommandText;
#pragma warning restore CA2100
        foreach (DbParameter value in statement.Parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = value.ParameterName;
            parameter.Value = value.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private async ValueTask PrepareAsync(DbCommand statement, CancellationToken cancellationToken)
    {
        // Only after the values are set: a driver learns the types of parameters from them.
        if (_prepared.Add(statement))
        {
            await statement.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var command in _commands.Values)
            {
                await command.DisposeAsync().ConfigureAwait(false);
            }

            if (_transaction is { } transaction)
            {
                await transaction.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            // Also when the rollback fails: an open connection would keep its locks, and its place in the driver's pool.
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
