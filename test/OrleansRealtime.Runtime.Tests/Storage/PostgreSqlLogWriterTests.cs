using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Storage;

[RequiresPostgreSql]
public sealed class PostgreSqlLogWriterTests : LogWriterTests
{
    private readonly PostgreSqlStore _store;

    public PostgreSqlLogWriterTests()
        : this(new PostgreSqlStore())
    {
    }

    private PostgreSqlLogWriterTests(PostgreSqlStore store)
        : base(store) => _store = store;

    [StoreFact]
    public async Task Connections_ThatTheServerCutWhileIdle_AreReplacedUnseen()
    {
        await _store.StartAsync();
        var (channel, fence) = (await OpenAsync(1))[0];
        await Append(channel, fence, 1, "alice");
        await _store.Log.ReadAsync(channel, new Epoch("e1"), 0, 10, 10, 1000, CancellationToken.None);

        await _store.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        Assert.IsType<AppendedBatch>(await Append(channel, fence, 2, "alice"));
        Assert.Equal(2, (await _store.Log.ReadAsync(channel, new Epoch("e1"), 0, 10, 10, 1000, CancellationToken.None)).Length);
    }
}
