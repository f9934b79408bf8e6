using System.Collections.Frozen;
using System.Data.Common;
using System.Globalization;
using OrleansRealtime.Storage.AdoNet.PostgreSql;
using OrleansRealtime.Storage.AdoNet.Sqlite;
using OrleansRealtime.Storage.AdoNet.Writing;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>A kind of database: its statements, how it takes many rows, and what its errors mean. Immutable.</summary>
public abstract class Dialect
{
    private readonly FrozenDictionary<string, string> _statements;

    private protected Dialect(string name)
    {
        Name = name;
        _statements = SqlFiles.Read(name);
    }

    /// <summary>PostgreSQL 13 or later. Errors are told apart by SQLSTATE.</summary>
    public static Dialect PostgreSql { get; } = new PostgreSqlDialect();

    /// <summary>The dialect's name, which is that of its folder.</summary>
    public string Name { get; }

    /// <summary>Whether transactions of several processes run side by side, so that rows must be locked in one order.</summary>
    internal abstract bool HasRowLocks { get; }

    /// <summary>
    /// Whether <see cref="AppendAsync"/> is a transaction of its own, which is durable when it returns; otherwise it runs within one.
    /// </summary>
    internal abstract bool AppendsAtOnce { get; }

    /// <summary>The numbers of the schema's scripts, ascending from 1 without holes.</summary>
    internal IEnumerable<int> SchemaVersions =>
        _statements.Keys
            .Where(static name => name.StartsWith(SqlFiles.InstallPrefix, StringComparison.Ordinal))
            .Select(static name => int.Parse(name[SqlFiles.InstallPrefix.Length..], CultureInfo.InvariantCulture))
            .Order();

    /// <summary>SQLite 3.35 or later.</summary>
    /// <param name="extendedErrorCode">
    /// Reads SQLite's extended result code from the driver's exception. Drivers keep it in a property of their own, and which
    /// driver it is, only the composition knows.
    /// </param>
    public static Dialect Sqlite(Func<DbException, int> extendedErrorCode) => new SqliteDialect(extendedErrorCode);

    /// <summary>The statement in the file of that name.</summary>
    internal string Sql(string statement) => _statements[statement];

    /// <summary>What an error of the driver means.</summary>
    internal abstract StorageFault Classify(DbException exception);

    /// <summary>
    /// Stores the appends whose fence and position are those of their channels, and their message ids, without a look first.
    /// </summary>
    /// <returns>The channels of those that were stored, as they are after it, by name.</returns>
    /// <exception cref="DbException">
    /// Among others <see cref="StorageFault.UniqueViolation"/>: a message id is known, and nothing was stored.
    /// </exception>
    internal abstract ValueTask<Dictionary<string, ChannelRow>> AppendAsync(
        StorageConnection connection, OptimisticAppends appends, CancellationToken cancellationToken);

    /// <summary>Reads the rows of channels, and keeps other owners from changing them until the transaction ends.</summary>
    /// <param name="connection">Within a transaction.</param>
    /// <param name="names">In ordinal order, each once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>By name; channels that do not exist are left out.</returns>
    internal abstract ValueTask<Dictionary<string, ChannelRow>> LockChannelsAsync(
        StorageConnection connection, IReadOnlyList<string> names, CancellationToken cancellationToken);

    /// <summary>Looks up which message ids are stored already, and at which sequence.</summary>
    internal abstract ValueTask<Dictionary<MessageKey, long>> FindMessagesAsync(
        StorageConnection connection, IReadOnlyList<MessageKey> messages, CancellationToken cancellationToken);

    /// <summary>Stores publications and their message ids, and advances their channels.</summary>
    internal abstract ValueTask InsertAsync(
        StorageConnection connection, StagedAppends appends, CancellationToken cancellationToken);
}
