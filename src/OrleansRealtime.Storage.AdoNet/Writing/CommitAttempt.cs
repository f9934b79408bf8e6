namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>One try to run the requests of a transaction and to commit it. It answers nobody, so it may be given up.</summary>
/// <param name="source">Where a connection comes from.</param>
/// <param name="idle">The connection of an earlier transaction, or null.</param>
/// <param name="batch">The requests.</param>
/// <param name="optimistic">The same as appends that need no look first, or null when each request is decided before it is stored.</param>
internal sealed class CommitAttempt(
    StorageSource source, StorageConnection? idle, List<WriteRequest> batch, OptimisticAppends? optimistic)
{
    private WriteTransaction? _transaction;
    private volatile bool _isCommitting;
    private volatile bool _isGivenUp;

    /// <summary>The connection, or null before there is one. It is the attempt's while that runs.</summary>
    public StorageConnection? Connection { get; private set; } = idle;

    /// <summary>Whether the connection was opened for an earlier transaction.</summary>
    public bool WasConnectionIdle { get; } = idle is not null;

    /// <summary>Whether the commit was begun, so that a failure says nothing about what is stored.</summary>
    public bool IsCommitting => _isCommitting;

    /// <summary>Whether the requests were to be stored without a look first.</summary>
    public bool IsOptimistic => optimistic is not null;

    /// <summary>Whether statements and commit are one call, so that an answer of the database that it refused undoes both.</summary>
    public bool IsAtOnce => optimistic is not null && source.Dialect.AppendsAtOnce;

    /// <summary>How many publications were appended.</summary>
    public int AppendedPublications => _transaction?.AppendedPublications ?? 0;

    /// <summary>The channels that have much to trim.</summary>
    public IEnumerable<string> DueForTrim => _transaction?.DueForTrim ?? [];

    /// <summary>Runs the requests and commits.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var connection = Connection ??= await source.OpenAsync(cancellationToken).ConfigureAwait(false);
        _transaction = new WriteTransaction(connection, batch);
        if (IsAtOnce)
        {
            _isCommitting = true;
            await _transaction.AppendAsync(optimistic!, cancellationToken).ConfigureAwait(false);
            return;
        }

        await connection.BeginAsync(cancellationToken).ConfigureAwait(false);
        if (optimistic is not null)
        {
            await _transaction.AppendAsync(optimistic, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await _transaction.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_isGivenUp)
        {
            // Its requests have failed: what can still be undone should be.
            return;
        }

        _isCommitting = true;
        await connection.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Nobody waits any more. A commit that was not begun is left out; one that was may still succeed.</summary>
    public void GiveUp() => _isGivenUp = true;
}
