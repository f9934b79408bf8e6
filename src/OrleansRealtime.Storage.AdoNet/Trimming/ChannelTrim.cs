using OrleansRealtime.Core.Ports;
using OrleansRealtime.Storage.AdoNet.Writing;

namespace OrleansRealtime.Storage.AdoNet.Trimming;

/// <summary>Trims one channel by one small transaction at a time.</summary>
internal sealed class ChannelTrim(
    LogWriter writer, Retentions retentions, StorageOptions options, TimeProvider time, StorageMetrics metrics)
{
    /// <summary>Deletes what exceeds the channel's retention, which is saved first if need be.</summary>
    public async ValueTask RunAsync(string channel, CancellationToken cancellationToken)
    {
        while (await RunOnceAsync(channel, cancellationToken).ConfigureAwait(false))
        {
            // More is left than one transaction takes; appends go between.
        }
    }

    /// <summary>
    /// As <see cref="RunAsync"/>, but what the database refuses is noted in <paramref name="refused"/>: one channel with damaged
    /// rows must not keep all channels behind it from being trimmed.
    /// </summary>
    public async ValueTask TryRunAsync(string channel, List<Exception> refused, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(channel, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException exception) when (!exception.IsTransient)
        {
            refused.Add(new StorageException($"'{channel}' cannot be trimmed.", exception));
        }
    }

    private async ValueTask<bool> RunOnceAsync(string channel, CancellationToken cancellationToken)
    {
        var unsaved = retentions.Find(channel);
        var (isSaved, isMoreLeft, rows) = await writer.WriteAsync(
            new StatementRequest<(bool, bool, int)>(
                channel, channel, (connection, token) => TrimAsync(connection, channel, unsaved, token)),
            cancellationToken).ConfigureAwait(false);
        if (unsaved is not null && isSaved)
        {
            retentions.Saved(channel, unsaved);
        }

        metrics.Trimmed(rows);
        return isMoreLeft;
    }

    private async ValueTask<(bool IsSaved, bool IsMoreLeft, int Rows)> TrimAsync(
        StorageConnection connection, string channel, Retention? unsaved, CancellationToken cancellationToken)
    {
        var isSaved = unsaved is not null
            && await SaveAsync(connection, channel, unsaved, cancellationToken).ConfigureAwait(false);
        if (await FindPointAsync(connection, channel, cancellationToken).ConfigureAwait(false) is not { } point
            || point.TrimPoint == point.Oldest)
        {
            return (isSaved, false, 0);
        }

        await connection.ExecuteAsync(
            connection.Statement("advance-oldest").Set("channel_id", point.ChannelId).Set("trim_point", point.TrimPoint),
            cancellationToken).ConfigureAwait(false);
        var delete = point.IsCompact
            ? connection.Statement("trim-compact-publications").Set("oldest", point.Oldest)
            : connection.Statement("trim-publications");
        var rows = await connection.ExecuteAsync(
            delete.Set("channel_id", point.ChannelId).Set("trim_point", point.TrimPoint), cancellationToken).ConfigureAwait(false);
        return (isSaved, point.TrimPoint == point.Oldest + options.MaxTrimmedRows, rows);
    }

    private static async ValueTask<bool> SaveAsync(
        StorageConnection connection, string channel, Retention retention, CancellationToken cancellationToken)
    {
        var statement = connection.Statement("set-retention")
            .Set("channel", channel)
            .Set("retain_count", retention.Replay.Count)
            .Set("retain_bytes", retention.Replay.Bytes)
            .Set("retain_age_ms", (long)retention.Replay.Age.TotalMilliseconds)
            .Set("is_compact", retention.IsCompact);
        return await connection.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false) == 1;
    }

    private async ValueTask<Point?> FindPointAsync(
        StorageConnection connection, string channel, CancellationToken cancellationToken)
    {
        var statement = connection.Statement("find-trim-point")
            .Set("channel", channel)
            .Set("now_ms", time.GetUtcNow().ToUnixTimeMilliseconds())
            .Set("limit", options.MaxTrimmedRows);
        var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                ? new Point(reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2), reader.GetInt64(3))
                : null;
        }
    }

    private readonly record struct Point(long ChannelId, long Oldest, bool IsCompact, long TrimPoint);
}
