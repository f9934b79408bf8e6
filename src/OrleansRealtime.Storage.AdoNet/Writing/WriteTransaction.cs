namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>Runs the requests of one transaction: first all appends together, then the others one after the other.</summary>
internal sealed class WriteTransaction(StorageConnection connection, List<WriteRequest> batch)
{
    private IReadOnlyCollection<ChannelRow> _advanced = [];

    /// <summary>How many publications were appended.</summary>
    public int AppendedPublications { get; private set; }

    /// <summary>The channels that have much to trim.</summary>
    public IEnumerable<string> DueForTrim => _advanced.Where(static row => row.IsDueForTrim).Select(static row => row.Name);

    /// <summary>Stores appends without a look first; each keeps its outcome for the time after the commit.</summary>
    public async ValueTask AppendAsync(OptimisticAppends appends, CancellationToken cancellationToken)
    {
        var taken = await connection.Dialect.AppendAsync(connection, appends, cancellationToken).ConfigureAwait(false);
        _advanced = taken.Values;
        foreach (var request in appends.Requests)
        {
            var isTaken = taken.ContainsKey(request.Channel.Value);
            request.Decide(isTaken);
            AppendedPublications += isTaken ? request.Batch.Length : 0;
        }
    }

    /// <summary>Runs the requests; each keeps its outcome for the time after the commit.</summary>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var names = NamesToLock();
        if (names.Count > 0)
        {
            var channels = await connection.Dialect.LockChannelsAsync(connection, names, cancellationToken).ConfigureAwait(false);
            await AppendAsync(channels, cancellationToken).ConfigureAwait(false);
        }

        foreach (var request in batch)
        {
            if (request is IStatementRequest statements)
            {
                await statements.RunAsync(connection, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private List<string> NamesToLock()
    {
        // The batch is sorted by subject, which is the name of the channel where there is one.
        var names = new List<string>(batch.Count);
        foreach (var request in batch)
        {
            if ((request is AppendRequest || connection.Dialect.HasRowLocks)
                && request.LockedChannel is { } name && (names.Count == 0 || names[^1] != name))
            {
                names.Add(name);
            }
        }

        return names;
    }

    private async ValueTask AppendAsync(Dictionary<string, ChannelRow> channels, CancellationToken cancellationToken)
    {
        var appends = batch.OfType<AppendRequest>().ToList();
        var messages = appends.SelectMany(request => StagedAppends.MessagesOf(request, channels)).ToList();
        var known = messages.Count == 0
            ? []
            : await connection.Dialect.FindMessagesAsync(connection, messages, cancellationToken).ConfigureAwait(false);
        var staged = new StagedAppends(channels, known);
        foreach (var append in appends)
        {
            append.DecideBy(staged);
        }

        if (staged.Publications.Count > 0)
        {
            await connection.Dialect.InsertAsync(connection, staged, cancellationToken).ConfigureAwait(false);
        }

        (_advanced, AppendedPublications) = (staged.Advanced, staged.Publications.Count);
    }
}
