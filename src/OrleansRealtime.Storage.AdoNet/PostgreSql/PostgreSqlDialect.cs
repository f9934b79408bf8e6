using System.Data.Common;
using OrleansRealtime.Storage.AdoNet.Writing;

namespace OrleansRealtime.Storage.AdoNet.PostgreSql;

/// <summary>
/// PostgreSQL: across a network, so all rows of a transaction go in one statement, as arrays. Channels are locked in the order
/// of their names.
/// </summary>
internal sealed class PostgreSqlDialect() : Dialect("PostgreSql")
{
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private const string UniqueViolation = "23505";
    private const string SerializationFailure = "40001";
    private const string DeadlockDetected = "40P01";
    private const string StatementCompletionUnknown = "40003";

    /// <inheritdoc/>
    internal override bool HasRowLocks => true;

    /// <inheritdoc/>
    internal override bool AppendsAtOnce => true;

    /// <inheritdoc/>
    internal override StorageFault Classify(DbException exception) => exception.SqlState switch
    {
        UniqueViolation => StorageFault.UniqueViolation,
        SerializationFailure or DeadlockDetected => StorageFault.Conflict,

        // Without a state it is the connection that failed. Classes: 08 connection, 53 resources, 57 operator, 58 system.
        null or StatementCompletionUnknown => StorageFault.Transient,
        ['0', '8', ..] or ['5', '3' or '7' or '8', ..] => StorageFault.Transient,
        _ => exception.IsTransient ? StorageFault.Transient : StorageFault.Rejected,
    };

    /// <inheritdoc/>
    internal override ValueTask<Dictionary<string, ChannelRow>> AppendAsync(
        StorageConnection connection, OptimisticAppends appends, CancellationToken cancellationToken) =>
        ReadChannelsAsync(
            connection,
            AppendColumns.Set(connection.Statement(appends.HasMessageIds ? "append" : "append-without-ids"), appends),
            cancellationToken);

    /// <inheritdoc/>
    internal override ValueTask<Dictionary<string, ChannelRow>> LockChannelsAsync(
        StorageConnection connection, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        ReadChannelsAsync(
            connection, connection.Statement("lock-channels").SetColumn("names", names.ToArray()), cancellationToken);

    /// <inheritdoc/>
    internal override async ValueTask<Dictionary<MessageKey, long>> FindMessagesAsync(
        StorageConnection connection, IReadOnlyList<MessageKey> messages, CancellationToken cancellationToken)
    {
        var known = new Dictionary<MessageKey, long>();
        var statement = connection.Statement("find-messages")
            .SetColumn("channel_ids", Column(messages, static message => message.ChannelId))
            .SetColumn("senders", Column(messages, static message => message.Sender))
            .SetColumn("message_ids", Column(messages, static message => message.MessageId));
        using var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            known[messages[(int)reader.GetInt64(0)]] = reader.GetInt64(1);
        }

        return known;
    }

    /// <inheritdoc/>
    internal override async ValueTask InsertAsync(
        StorageConnection connection, StagedAppends appends, CancellationToken cancellationToken)
    {
        var rows = appends.Advanced.ToList();
        var advance = connection.Statement("advance-channels")
            .SetColumn("channel_ids", Column(rows, static row => row.Id))
            .SetColumn("last_sequences", Column(rows, static row => row.LastSequence))
            .SetColumn("total_bytes", Column(rows, static row => row.TotalBytes));
        List<DbCommand> statements = [InsertPublications(connection, appends.Publications), advance];
        var named = appends.Publications.Where(static row => row.Publication.MessageId is not null).ToList();
        if (named.Count > 0)
        {
            statements.Add(InsertMessageIds(connection, named));
        }

        await connection.ExecuteAsync(statements, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<Dictionary<string, ChannelRow>> ReadChannelsAsync(
        StorageConnection connection, DbCommand statement, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, ChannelRow>(StringComparer.Ordinal);
        using var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var row = ChannelRow.Read(reader);
            rows.Add(row.Name, row);
        }

        return rows;
    }

    private static DbCommand InsertPublications(StorageConnection connection, IReadOnlyList<StagedPublication> staged) =>
        connection.Statement("insert-publications")
            .SetColumn("channel_ids", Column(staged, static row => row.ChannelId))
            .SetColumn("sequences", Column(staged, static row => row.Publication.Sequence))
            .SetColumn("end_bytes", Column(staged, static row => row.EndBytes))
            .SetColumn("times_ms", Column(staged, static row => row.Publication.Time.ToUnixTimeMilliseconds()))
            .SetColumn("kinds", Column(staged, static row => (short)row.Publication.Payload.Kind))
            .SetColumn("senders", Column(staged, static row => row.Publication.From.Value))
            .SetColumn("message_ids", Column(staged, static row => row.Publication.MessageId))
            .SetColumn("keys", Column(staged, static row => row.Publication.Key))
            .SetColumn("payloads", Column(staged, static row => row.Publication.Payload.Bytes.ToArray()));

    private static DbCommand InsertMessageIds(StorageConnection connection, IReadOnlyList<StagedPublication> named) =>
        connection.Statement("insert-message-ids")
            .SetColumn("channel_ids", Column(named, static row => row.ChannelId))
            .SetColumn("senders", Column(named, static row => row.Publication.From.Value))
            .SetColumn("message_ids", Column(named, static row => row.Publication.MessageId))
            .SetColumn("sequences", Column(named, static row => row.Publication.Sequence))
            .SetColumn("times_ms", Column(named, static row => row.Publication.Time.ToUnixTimeMilliseconds()));

    private static TColumn[] Column<TRow, TColumn>(IReadOnlyList<TRow> rows, Func<TRow, TColumn> select)
    {
        var column = new TColumn[rows.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = select(rows[i]);
        }

        return column;
    }
}
