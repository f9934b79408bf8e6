using System.Collections.Immutable;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Storage.AdoNet.Trimming;
using OrleansRealtime.Storage.AdoNet.Writing;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>Channel logs in a database. Writes go through the one <see cref="LogWriter"/>. Safe for concurrent use.</summary>
internal sealed class AdoNetChannelLog(
    LogWriter writer, ReaderPool readers, Trimmer trimmer, StorageOptions options, StorageMetrics metrics) : IChannelLog
{
    /// <inheritdoc/>
    public TimeSpan MessageIdRetention => options.MessageIdRetention;

    /// <inheritdoc/>
    public ValueTask<OpenedLog> OpenAsync(ChannelName channel, Epoch newEpoch, CancellationToken cancellationToken)
    {
        if (newEpoch.IsNone || newEpoch.Value.Length > Epoch.MaxLength)
        {
            throw new ArgumentException($"An epoch has 1 to {Epoch.MaxLength} characters.", nameof(newEpoch));
        }

        return writer.WriteAsync(
            new StatementRequest<OpenedLog>(
                channel.Value,
                channel.Value,
                (connection, token) => OpenAsync(connection, channel, newEpoch, token)),
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<AppendOutcome> AppendAsync(
        ChannelName channel, Fence fence, ImmutableArray<Publication> batch, CancellationToken cancellationToken)
    {
        Check(batch);
        return writer.WriteAsync(new AppendRequest(channel, fence, batch), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Publication>> ReadAsync(
        ChannelName channel, Epoch epoch, long after, long through, int maxCount, long maxBytes, CancellationToken cancellationToken)
    {
        if (epoch.IsNone || after >= through || maxCount <= 0)
        {
            return ValueTask.FromResult(ImmutableArray<Publication>.Empty);
        }

        metrics.ReadsLog();
        return readers.ReadAsync(
            (connection, token) => PublicationReader.ReadAsync(
                connection,
                connection.Statement("read-range")
                    .Set("channel", channel.Value)
                    .Set("epoch", epoch.Value)
                    .Set("first", after + 1)
                    .Set("through", through)
                    .Set("max_count", maxCount)
                    .Set("max_bytes", maxBytes),
                token),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<Publication>> ReadLatestByKeyAsync(
        ChannelName channel, Epoch epoch, CancellationToken cancellationToken)
    {
        if (epoch.IsNone)
        {
            return [];
        }

        metrics.ReadsLog();
        var latest = await readers.ReadAsync(
            (connection, token) => PublicationReader.ReadAsync(
                connection,
                connection.Statement("read-latest-by-key").Set("channel", channel.Value).Set("epoch", epoch.Value),
                token),
            cancellationToken).ConfigureAwait(false);
        return latest.RemoveAll(static publication => publication.IsTombstone);
    }

    /// <inheritdoc/>
    public ValueTask<Position?> FindMessageAsync(
        ChannelName channel, Sender sender, string messageId, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            (connection, token) => FindMessageAsync(connection, channel, sender, messageId, token), cancellationToken);

    /// <inheritdoc/>
    public void SetRetention(ChannelName channel, ReplayPolicy retention, bool compact) =>
        trimmer.SetRetention(channel, new Retention(retention, compact));

    private static async ValueTask<OpenedLog> OpenAsync(
        StorageConnection connection, ChannelName channel, Epoch newEpoch, CancellationToken cancellationToken)
    {
        var statement = connection.Statement("open-channel").Set("name", channel.Value).Set("epoch", newEpoch.Value);
        var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var last = new Position(new Epoch(reader.GetString(0)), reader.GetInt64(1));
            return new OpenedLog(last, reader.GetInt64(2), new Fence(reader.GetInt64(3)));
        }
    }

    private static async ValueTask<Position?> FindMessageAsync(
        StorageConnection connection,
        ChannelName channel,
        Sender sender,
        string messageId,
        CancellationToken cancellationToken)
    {
        var statement = connection.Statement("find-message")
            .Set("channel", channel.Value).Set("sender", sender.Value).Set("message_id", messageId);
        var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                ? new Position(new Epoch(reader.GetString(0)), reader.GetInt64(1))
                : null;
        }
    }

    /// <summary>A batch that breaks these rules is a bug of its owner; stored, it would break the channel.</summary>
    private static void Check(ImmutableArray<Publication> batch)
    {
        if (batch.IsDefault)
        {
            throw new ArgumentException("A batch may be empty, but not missing.", nameof(batch));
        }

        var messages = batch.Length <= 1 ? null : new HashSet<(Sender, string)>();
        for (var i = 0; i < batch.Length; i++)
        {
            if (batch[i].Sequence != batch[0].Sequence + i)
            {
                throw new ArgumentException($"Sequence {batch[i].Sequence} does not follow the one before it.", nameof(batch));
            }

            if (messages is not null && batch[i].MessageId is { } id && !messages.Add((batch[i].From, id)))
            {
                throw new ArgumentException($"Message id '{id}' of {batch[i].From} is in the batch twice.", nameof(batch));
            }
        }
    }
}
