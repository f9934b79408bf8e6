using OrleansRealtime.Storage.AdoNet.Writing;

namespace OrleansRealtime.Storage.AdoNet.Trimming;

/// <summary>
/// Walks over the message ids from the oldest on, and deletes those that are old enough and whose publication is gone. Not safe
/// for concurrent use.
/// </summary>
internal sealed class MessageIdWalk(
    LogWriter writer, ReaderPool readers, StorageOptions options, TimeProvider time, StorageMetrics metrics)
{
    // Ids that stay because of their publication are passed by; so many per sweep, and the next one goes on behind them.
    private const int MaxKeptPerSweep = 20_000;

    private long _after;

    /// <summary>Takes the next steps of the walk.</summary>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var kept = 0;
        while (kept < MaxKeptPerSweep)
        {
            var cutoff = (time.GetUtcNow() - options.MessageIdRetention).ToUnixTimeMilliseconds();
            var step = await readers.ReadAsync(
                (connection, token) => StepAsync(connection, cutoff, token), cancellationToken).ConfigureAwait(false);
            if (step.Through is { } through)
            {
                var deleted = await DeleteAsync(through, cutoff, cancellationToken).ConfigureAwait(false);
                kept += step.Count - step.Young - deleted;
                _after = through;
            }

            if (step.Young > 0 || step.Count < options.MaxTrimmedRows)
            {
                _after = 0;
                return;
            }
        }
    }

    private async ValueTask<int> DeleteAsync(long through, long cutoff, CancellationToken cancellationToken)
    {
        var after = _after;
        var rows = await writer.WriteAsync(
            new StatementRequest<int>(
                "~message-ids",
                lockedChannel: null,
                (connection, token) => connection.ExecuteAsync(
                    connection.Statement("trim-message-ids")
                        .Set("after", after).Set("through", through).Set("cutoff_ms", cutoff),
                    token)),
            cancellationToken).ConfigureAwait(false);
        metrics.Trimmed(rows);
        return rows;
    }

    private async ValueTask<(long? Through, int Count, int Young)> StepAsync(
        StorageConnection connection, long cutoff, CancellationToken cancellationToken)
    {
        var statement = connection.Statement("walk-message-ids")
            .Set("cutoff_ms", cutoff).Set("after", _after).Set("limit", options.MaxTrimmedRows);
        var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            return (reader.GetNumber(0), (int)reader.GetInt64(1), (int)reader.GetInt64(2));
        }
    }
}
