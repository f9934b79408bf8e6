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
    public async ValueTask<OpenedGrants> OpenAsync(ChannelName channel, CancellationToken cancellationToken) =>
        await readers.ReadAsync((connection, token) => ExistAsync(connection, channel, token), cancellationToken).ConfigureAwait(false)
            ? await writer.WriteAsync(
                new StatementRequest<OpenedGrants>(
                    SubjectPrefix + channel.Value,
                    lockedChannel: null,
                    (connection, token) => OpenAsync(connection, channel, token)),
                cancellationToken).ConfigureAwait(false)
            : OpenedGrants.Nothing;

    /// <inheritdoc/>
    public ValueTask<Fence?> TrySaveAsync(
        ChannelName channel, Fence fence, ChannelGrants grants, CancellationToken cancellationToken)
    {
        var entries = Write(grants.Entries);
        return writer.WriteAsync(
            new StatementRequest<Fence?>(
                SubjectPrefix + channel.Value,
                lockedChannel: null,
                async (connection, token) =>
                {
                    var statement = connection.Statement("save-grants")
                        .Set("channel", channel.Value).Set("fence", fence.Number)
                        .Set("version", grants.Version).Set("entries", entries);
                    var isSaved = await connection.ExecuteAsync(statement, token).ConfigureAwait(false) == 1;
                    return isSaved ? new Fence(Math.Max(fence.Number, 1)) : null;
                }),
            cancellationToken);
    }

    private static async ValueTask<bool> ExistAsync(
        StorageConnection connection, ChannelName channel, CancellationToken cancellationToken)
    {
        var statement = connection.Statement("find-grants").Set("channel", channel.Value);
        var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<OpenedGrants> OpenAsync(
        StorageConnection connection, ChannelName channel, CancellationToken cancellationToken)
    {
        var statement = connection.Statement("open-grants").Set("channel", channel.Value);
        var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            // None any more, if an operator deleted them a moment ago.
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                ? new OpenedGrants(new ChannelGrants(reader.GetInt64(0), Read(reader.GetString(1))), new Fence(reader.GetInt64(2)))
                : OpenedGrants.Nothing;
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
