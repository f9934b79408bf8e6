namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>Statements that wait to be run in the writer's next transaction.</summary>
/// <typeparam name="T">The answer.</typeparam>
internal sealed class StatementRequest<T>(
    string subject,
    string? lockedChannel,
    Func<StorageConnection, CancellationToken, ValueTask<T>> run) : WriteRequest<T>, IStatementRequest
{
    /// <inheritdoc/>
    public override string Subject => subject;

    /// <inheritdoc/>
    public override string? LockedChannel => lockedChannel;

    /// <inheritdoc/>
    public async ValueTask RunAsync(StorageConnection connection, CancellationToken cancellationToken) =>
        Outcome = await run(connection, cancellationToken).ConfigureAwait(false);
}
