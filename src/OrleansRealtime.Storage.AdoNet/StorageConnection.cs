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

    /// <summary>Begins a transaction.</summary>
    public async ValueTask BeginAsync(CancellationToken cancellationToken) =>
        _transaction = await _connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Commits the transaction. When this throws, its outcome is unknown.</summary>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        var transaction = _transaction!;
        _transaction = null;
        await using (transaction.ConfigureAwait(false))
        {
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
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
        foreach (var command in _commands.Values)
        {
            await command.DisposeAsync().ConfigureAwait(false);
        }

        if (_transaction is { } transaction)
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }
}
