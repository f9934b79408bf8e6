using System.Data.Common;
using OrleansRealtime.Storage.AdoNet.Writing;

namespace OrleansRealtime.Storage.AdoNet.Sqlite;

/// <summary>
/// SQLite: in the process, so a prepared statement per row costs no round trip; one write transaction at a time, so a
/// transaction that has begun holds all rows.
/// </summary>
/// <remarks>The driver has no asynchronous I/O. Its callers see to it that they are on a thread that may block.</remarks>
internal sealed class SqliteDialect(Func<DbException, int> extendedErrorCode) : Dialect("Sqlite")
{
    // https://www.sqlite.org/rescode.html; the low byte is the primary code.
    private const int Busy = 5;
    private const int Locked = 6;
    private const int OutOfMemory = 7;
    private const int Interrupted = 9;
    private const int InputOutput = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Protocol = 15;
    private const int UniqueConstraint = 2067;
    private const int PrimaryKeyConstraint = 1555;

    /// <inheritdoc/>
    internal override bool HasRowLocks => false;

    /// <inheritdoc/>
    internal override bool AppendsAtOnce => false;

    /// <inheritdoc/>
    internal override StorageFault Classify(DbException exception)
    {
        var code = extendedErrorCode(exception);
        return code is UniqueConstraint or PrimaryKeyConstraint
            ? StorageFault.UniqueViolation
            : (code & 0xFF) switch
            {
                Busy or Locked or OutOfMemory or Interrupted or InputOutput or Full or CannotOpen or Protocol =>
                    StorageFault.Transient,
                _ => StorageFault.Rejected,
            };
    }

    /// <inheritdoc/>
    internal override ValueTask<Dictionary<string, ChannelRow>> AppendAsync(
        StorageConnection connection, OptimisticAppends appends, CancellationToken cancellationToken)
    {
        var taken = new Dictionary<string, ChannelRow>(appends.Requests.Count, StringComparer.Ordinal);
        var insert = new InsertStatements(connection);
        var advance = connection.Statement("append");
        foreach (var request in appends.Requests)
        {
            if (Advance(advance, request) is not { } row)
            {
                continue;
            }

            taken.Add(row.Name, row);
            var endBytes = row.TotalBytes - request.Bytes;
            foreach (var publication in request.Batch)
            {
                endBytes += publication.Payload.Length;
                insert.Run(new StagedPublication(row.Id, endBytes, publication));
            }
        }

        return ValueTask.FromResult(taken);
    }

    /// <inheritdoc/>
    internal override ValueTask<Dictionary<string, ChannelRow>> LockChannelsAsync(
        StorageConnection connection, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, ChannelRow>(names.Count, StringComparer.Ordinal);
        var statement = connection.Statement("lock-channels");
        foreach (var name in names)
        {
            using var reader = statement.Set("name", name).ExecuteReader();
            if (reader.Read())
            {
                rows.Add(name, ChannelRow.Read(reader));
            }
        }

        return ValueTask.FromResult(rows);
    }

    /// <inheritdoc/>
    internal override ValueTask<Dictionary<MessageKey, long>> FindMessagesAsync(
        StorageConnection connection, IReadOnlyList<MessageKey> messages, CancellationToken cancellationToken)
    {
        var known = new Dictionary<MessageKey, long>();
        var statement = connection.Statement("find-messages");
        foreach (var message in messages)
        {
            statement.Set("channel_id", message.ChannelId).Set("sender", message.Sender).Set("message_id", message.MessageId);
            if (statement.ExecuteScalar() is long sequence)
            {
                known[message] = sequence;
            }
        }

        return ValueTask.FromResult(known);
    }

    /// <inheritdoc/>
    internal override ValueTask InsertAsync(
        StorageConnection connection, StagedAppends appends, CancellationToken cancellationToken)
    {
        var insert = new InsertStatements(connection);
        foreach (var staged in appends.Publications)
        {
            insert.Run(staged);
        }

        var advance = connection.Statement("advance-channels");
        foreach (var row in appends.Advanced)
        {
            advance.Set("channel_id", row.Id).Set("last_sequence", row.LastSequence).Set("total_bytes", row.TotalBytes);
            advance.ExecuteNonQuery();
        }

        return ValueTask.CompletedTask;
    }

    private static ChannelRow? Advance(DbCommand statement, AppendRequest request)
    {
        statement
            .Set("name", request.Channel.Value)
            .Set("fence", request.Fence.Number)
            .Set("first_sequence", request.Batch[0].Sequence)
            .Set("last_sequence", request.Batch[^1].Sequence)
            .Set("bytes", request.Bytes);
        using var reader = statement.ExecuteReader();
        return reader.Read() ? ChannelRow.Read(reader) : null;
    }
}
