namespace OrleansRealtime.Storage.AdoNet.Trimming;

/// <summary>Walks over all channels of the store and trims those that exceed their retention. Not safe for concurrent use.</summary>
internal sealed class ChannelWalk(ReaderPool readers, ChannelTrim trim, TimeProvider time)
{
    private const int ChannelsPerStep = 500;

    // A sweep looks at so many; the next one goes on where it stopped, so a store of any size costs the same per sweep.
    private const int StepsPerSweep = 40;

    private long _after;

    /// <summary>Takes the next steps of the walk; channels that cannot be trimmed are noted and passed by.</summary>
    public async ValueTask RunAsync(List<Exception> refused, CancellationToken cancellationToken)
    {
        for (var step = 0; step < StepsPerSweep; step++)
        {
            var found = await readers.ReadAsync(FindAsync, cancellationToken).ConfigureAwait(false);
            foreach (var channel in found.Due)
            {
                await trim.TryRunAsync(channel, refused, cancellationToken).ConfigureAwait(false);
            }

            if (found.Count < ChannelsPerStep)
            {
                _after = 0;
                return;
            }

            _after = found.Last;
        }
    }

    private async ValueTask<(List<string> Due, int Count, long Last)> FindAsync(
        StorageConnection connection, CancellationToken cancellationToken)
    {
        var due = new List<string>();
        var count = 0;
        var last = _after;
        var statement = connection.Statement("find-channels-to-trim")
            .Set("now_ms", time.GetUtcNow().ToUnixTimeMilliseconds()).Set("after", _after).Set("limit", ChannelsPerStep);
        var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                count++;
                last = reader.GetInt64(0);
                if (!reader.IsDBNull(2) && reader.GetBoolean(2))
                {
                    due.Add(reader.GetString(1));
                }
            }
        }

        return (due, count, last);
    }
}
