using System.Data.Common;
using Microsoft.Data.Sqlite;
using OrleansRealtime.LoadTest.Peers;

namespace OrleansRealtime.LoadTest.Durable;

/// <summary>A file in a folder.</summary>
internal sealed class SqliteTarget(string folder) : DurableTarget
{
    private readonly string _file = Path.Combine(folder, "durable.db");

    static SqliteTarget() => SQLitePCL.Batteries_V2.Init();

    public override Store Store => Store.Sqlite(_file) with { KeepsAll = true };

    public override async Task<BareLoop> OpenBareLoopAsync(int payloadBytes) =>
        new Loop((SqliteConnection)await ConnectAsync(), payloadBytes);

    public override ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        return ValueTask.CompletedTask;
    }

    protected override async Task<DbConnection> ConnectAsync()
    {
        var connection = new SqliteConnection(Store.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>A prepared statement per table, run once per row, with the same durability as the server's.</summary>
    private sealed class Loop : BareLoop
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _publication;
        private readonly SqliteCommand _id;
        private readonly List<long> _channels = [];

        public Loop(SqliteConnection connection, int payloadBytes)
            : base(payloadBytes)
        {
            _connection = connection;
            Execute("PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384");
            for (var i = 0; i < Level.MaxChannels; i++)
            {
                Execute(
                    $"""
                    INSERT INTO ort_channels (name, epoch, fence, last_sequence, oldest_sequence, total_bytes, trimmed_bytes)
                    VALUES ('bare:{i}', 'e', 1, 0, 1, 0, 0)
                    """);
                using var id = new SqliteCommand("SELECT last_insert_rowid()", connection);
                _channels.Add((long)id.ExecuteScalar()!);
            }

            _publication = Prepare(
                """
                INSERT INTO ort_publications (channel_id, sequence, end_bytes, time_ms, kind, sender, message_id, key, payload)
                VALUES (@channel, @sequence, @bytes, @time, 0, @sender, @message, NULL, @payload)
                """,
                "@channel", "@sequence", "@bytes", "@time", "@sender", "@message", "@payload");
            _id = Prepare(
                """
                INSERT INTO ort_message_ids (channel_id, sender, message_id, sequence, time_ms)
                VALUES (@channel, @sender, @message, @sequence, @time)
                """,
                "@channel", "@sender", "@message", "@sequence", "@time");
        }

        public override async ValueTask DisposeAsync()
        {
            await _publication.DisposeAsync();
            await _id.DisposeAsync();
            await _connection.DisposeAsync();
        }

        protected override Task InsertAsync(BareRow[] rows)
        {
            using var transaction = _connection.BeginTransaction();
            _publication.Transaction = transaction;
            _id.Transaction = transaction;
            foreach (var row in rows)
            {
                object message = row.MessageId is { } id ? id : DBNull.Value;
                Set(_publication, _channels[row.Channel], row.Sequence, row.Sequence * Payload.Length, BareRow.TimeMs, row.Sender, message, Payload);
                _publication.ExecuteNonQuery();
                if (row.MessageId is not null)
                {
                    Set(_id, _channels[row.Channel], row.Sender, message, row.Sequence, BareRow.TimeMs);
                    _id.ExecuteNonQuery();
                }
            }

            transaction.Commit();
            return Task.CompletedTask;
        }

        private static void Set(SqliteCommand command, params object[] values)
        {
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters[i].Value = values[i];
            }
        }

        private SqliteCommand Prepare(string sql, params string[] parameters)
        {
#pragma warning disable CA2100 // The bench's own text.
            var command = new SqliteCommand(sql, _connection);
#pragma warning restore CA2100
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(new SqliteParameter(parameter, null));
            }

            return command;
        }

        private void Execute(string sql)
        {
#pragma warning disable CA2100 // The bench's own text.
            using var command = new SqliteCommand(sql, _connection);
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
    }
}
