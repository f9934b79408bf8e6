using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Storage.AdoNet.Writing;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>Grants in a database: one row per channel, entries as JSON. Safe for concurrent use.</summary>
internal sealed class AdoNetGrantStore(LogWriter writer, ReaderPool readers) : IGrantStore
{
    // After all channel names, so that the writer changes grants after channels in every process.
    private const string SubjectPrefix = "~grants:";

    /// <inheritdoc/>
    public ValueTask<ChannelGrants> LoadAsync(ChannelName channel, CancellationToken cancellationToken) =>
        readers.ReadAsync((connection, token) => LoadAsync(connection, channel, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> TrySaveAsync(ChannelName channel, ChannelGrants grants, CancellationToken cancellationToken)
    {
        var entries = Write(grants.Entries);
        return writer.WriteAsync(
            new StatementRequest<bool>(
                SubjectPrefix + channel.Value,
                lockedChannel: null,
                async (connection, token) =>
                {
                    var statement = connection.Statement("save-grants")
                        .Set("channel", channel.Value).Set("version", grants.Version).Set("entries", entries);
                    return await connection.ExecuteAsync(statement, token).ConfigureAwait(false) == 1;
                }),
            cancellationToken);
    }

    private static async ValueTask<ChannelGrants> LoadAsync(
        StorageConnection connection, ChannelName channel, CancellationToken cancellationToken)
    {
        var statement = connection.Statement("load-grants").Set("channel", channel.Value);
        var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                ? new ChannelGrants(reader.GetInt64(0), Read(reader.GetString(1)))
                : ChannelGrants.None;
        }
    }

    private static string Write(ImmutableDictionary<UserId, GrantEntry> entries)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (user, entry) in entries)
            {
                json.WriteStartArray(user.Value);
                json.WriteNumberValue((int)entry.Allowed);
                json.WriteNumberValue((int)entry.Denied);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static ImmutableDictionary<UserId, GrantEntry> Read(string text)
    {
        using var json = JsonDocument.Parse(text);
        var entries = ImmutableDictionary.CreateBuilder<UserId, GrantEntry>();
        foreach (var entry in json.RootElement.EnumerateObject())
        {
            entries.Add(
                UserId.Parse(entry.Name),
                new GrantEntry((ChannelRights)entry.Value[0].GetInt32(), (ChannelRights)entry.Value[1].GetInt32()));
        }

        return entries.ToImmutable();
    }
}
