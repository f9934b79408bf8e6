using System.Data.Common;
using Npgsql;
using OrleansRealtime.LoadTest.Peers;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.LoadTest.Durable;

/// <summary>A database of a private server that flushes what it commits, as an installed one does.</summary>
internal sealed class PostgreSqlTarget : DurableTarget
{
    private readonly PostgreSqlServer _server;
    private readonly string _connectionString;

    private PostgreSqlTarget(PostgreSqlServer server, string connectionString)
    {
        _server = server;
        _connectionString = connectionString;
    }

    public override Store Store => new("postgresql", _connectionString) { KeepsAll = true };

    /// <summary>Starts the server, or finds the one that runs already, and makes a database.</summary>
    public static async Task<PostgreSqlTarget> StartAsync()
    {
        var server = await PostgreSqlServer.Flushing;
        return new PostgreSqlTarget(server, await server.CreateDatabaseAsync());
    }

    public override async Task<BareLoop> OpenBareLoopAsync(int payloadBytes)
    {
        var loop = new Loop((NpgsqlConnection)await ConnectAsync(), payloadBytes);
        await loop.PrepareAsync();
        return loop;
    }

    public override async ValueTask DisposeAsync() => await _server.DropDatabaseAsync(_connectionString);

    protected override async Task<DbConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(_connectionString + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>A prepared statement with arrays per table, all of a transaction in one round trip, its commit included.</summary>
    private sealed class Loop(NpgsqlConnection connection, int payloadBytes) : BareLoop(payloadBytes)
    {
        private const string InsertPublications = """
            INSERT INTO ort_publications (channel_id, sequence, end_bytes, time_ms, kind, sender, message_id, key, payload)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """;

        private const string InsertIds = """
            INSERT INTO ort_message_ids (channel_id, sender, message_id, sequence, time_ms) SELECT * FROM unnest($1, $2, $3, $4, $5)
            """;

        private readonly List<long> _channels = [];
        private NpgsqlBatch? _batch;

        public async Task PrepareAsync()
        {
            for (var i = 0; i < Level.MaxChannels; i++)
            {
                await using var command = new NpgsqlCommand(
                    """
                    INSERT INTO ort_channels (name, epoch, fence, last_sequence, oldest_sequence, total_bytes, trimmed_bytes)
                    VALUES ($1, 'e', 1, 0, 1, 0, 0) RETURNING id
                    """,
                    connection);
                command.Parameters.Add(new NpgsqlParameter { Value = $"bare:{i}" });
                _channels.Add((long)(await command.ExecuteScalarAsync())!);
            }
        }

        public override async ValueTask DisposeAsync()
        {
            if (_batch is not null)
            {
                await _batch.DisposeAsync();
            }

            await connection.DisposeAsync();
        }

        protected override async Task InsertAsync(BareRow[] rows)
        {
            object[][] columns =
            [
                [
                    Column(rows, row => _channels[row.Channel]), Column(rows, static row => row.Sequence),
                    Column(rows, row => row.Sequence * Payload.Length), Column(rows, static _ => BareRow.TimeMs),
                    Column(rows, static _ => (short)0), Column(rows, static row => row.Sender),
                    Column(rows, static row => row.MessageId), Column(rows, static row => row.Key), Column(rows, _ => Payload),
                ],
                [
                    Column(rows, row => _channels[row.Channel]), Column(rows, static row => row.Sender),
                    Column(rows, static row => row.MessageId), Column(rows, static row => row.Sequence),
                    Column(rows, static _ => BareRow.TimeMs),
                ],
            ];
            var statements = rows[0].MessageId is null ? 1 : 2;
            if (_batch?.BatchCommands.Count != statements)
            {
                _batch = new NpgsqlBatch(connection);
                for (var i = 0; i < statements; i++)
                {
                    _batch.BatchCommands.Add(Command(i == 0 ? InsertPublications : InsertIds, columns[i]));
                }

                await _batch.PrepareAsync();
            }

            for (var i = 0; i < statements; i++)
            {
                for (var n = 0; n < columns[i].Length; n++)
                {
                    _batch.BatchCommands[i].Parameters[n].Value = columns[i][n];
                }
            }

            await _batch.ExecuteNonQueryAsync();
        }

        private static NpgsqlBatchCommand Command(string sql, object[] columns)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var column in columns)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = column });
            }

            return command;
        }

        private static T[] Column<T>(BareRow[] rows, Func<BareRow, T> select) => Array.ConvertAll(rows, row => select(row));
    }
}
