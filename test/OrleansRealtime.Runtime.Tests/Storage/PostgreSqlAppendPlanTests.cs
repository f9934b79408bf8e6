using System.Data.Common;
using Npgsql;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Storage.AdoNet;
using OrleansRealtime.Storage.AdoNet.Writing;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Storage;

[RequiresPostgreSql]
public sealed class PostgreSqlAppendPlanTests
{
    // How often PostgreSQL plans a prepared statement for its values before it compares that with a plan for all values.
    private const int TrialsOfThePlanner = 5;

    private readonly Dictionary<int, (ChannelName Name, Fence Fence, long Last)> _channels = [];

    // Among many channels it looked cheaper to plan each transaction for its own length, and that took half as long again.
    [StoreTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Append_AmongManyChannels_IsNotPlannedAnew(bool hasMessageIds)
    {
        await using var store = new PostgreSqlStore();
        await store.StartAsync();
        await store.ExecuteAsync("""
            INSERT INTO ort_channels (name, epoch, fence, last_sequence, oldest_sequence, total_bytes, trimmed_bytes)
            SELECT 'other:' || n, 'e1', 1, 0, 1, 0, 0 FROM generate_series(1, 2000) AS n;
            ANALYZE ort_channels;
            """);
        await using var inner = await store.ConnectDirectlyAsync();
        await using var source = new Single(inner);
        var connection = await StorageConnection.OpenAsync(store.Dialect, source, TimeSpan.FromSeconds(30), CancellationToken.None);

        for (var i = 0; i < 20; i++)
        {
            var channels = i < TrialsOfThePlanner ? 1 : 1 + (i % 4);
            await AppendAsync(store, connection, channels, publications: 1 + (i / TrialsOfThePlanner), hasMessageIds);
        }

        await using var plans = inner.CreateCommand();
        plans.CommandText = "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE '%ort_publications%'";
        await using var reader = await plans.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal((TrialsOfThePlanner, 20 - TrialsOfThePlanner), (reader.GetInt64(0), reader.GetInt64(1)));
    }

    private async Task AppendAsync(PostgreSqlStore store, StorageConnection connection, int channels, int publications, bool hasMessageIds)
    {
        var batch = new List<WriteRequest>();
        for (var i = 0; i < channels; i++)
        {
            var (name, fence, last) = await FindAsync(store, i);
            _channels[i] = (name, fence, last + publications);
            batch.Add(new AppendRequest(
                name,
                fence,
                [.. Enumerable.Range(1, publications).Select(n => new Publication(
                    last + n, store.Time.Now, Sender.FromValue("alice"), hasMessageIds ? "m" + (last + n) : null, null, Payload.Json("1")))]));
        }

        Assert.True(OptimisticAppends.TryTake(batch, out var appends));
        Assert.Equal(channels, (await store.Dialect.AppendAsync(connection, appends, CancellationToken.None)).Count);
    }

    private async Task<(ChannelName Name, Fence Fence, long Last)> FindAsync(PostgreSqlStore store, int channel)
    {
        if (!_channels.TryGetValue(channel, out var found))
        {
            var name = ChannelName.Parse("planned:" + channel);
            found = (name, (await store.Log.OpenAsync(name, new Epoch("e1"), CancellationToken.None)).Fence, 0);
        }

        return found;
    }

    /// <summary>Gives out one connection that is open already, and that the test looks into.</summary>
    private sealed class Single(NpgsqlConnection connection) : DbDataSource
    {
        public override string ConnectionString => connection.ConnectionString;

        protected override DbConnection CreateDbConnection() => connection;

        protected override ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken) => new(connection);
    }
}
