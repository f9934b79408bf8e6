using System.Data.Common;
using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Peers;

namespace OrleansRealtime.LoadTest.Durable;

/// <summary>A store that the server is started with, and that the bench looks into.</summary>
internal abstract class DurableTarget : IAsyncDisposable
{
    /// <summary>How the server reaches it.</summary>
    public abstract Store Store { get; }

    /// <summary>Opens a loop of inserts into the tables that the server made.</summary>
    public abstract Task<BareLoop> OpenBareLoopAsync(int payloadBytes);

    /// <summary>Reads the marker's number of everything that the server stored, by channel and sequence.</summary>
    public async Task<IReadOnlyDictionary<(string Channel, long Sequence), long>> ReadAsync()
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT c.name, p.sequence, p.payload
            FROM ort_publications p JOIN ort_channels c ON c.id = p.channel_id
            WHERE c.name LIKE 'chat:%'
            """;
        var stored = new Dictionary<(string, long), long>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            Marker.TryFind(await reader.GetFieldValueAsync<byte[]>(2), out var number, out _, out _);
            stored.Add((reader.GetString(0), reader.GetInt64(1)), number);
        }

        return stored;
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<DbConnection> ConnectAsync();
}
