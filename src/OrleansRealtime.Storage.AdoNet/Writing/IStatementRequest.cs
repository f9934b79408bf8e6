namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>A request that is statements, whatever its answer.</summary>
internal interface IStatementRequest
{
    /// <summary>Runs the statements within the transaction, and keeps their outcome.</summary>
    ValueTask RunAsync(StorageConnection connection, CancellationToken cancellationToken);
}
