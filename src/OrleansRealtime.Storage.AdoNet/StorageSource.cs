using System.Data.Common;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>A database to connect to, and how to speak to it. Safe for concurrent use.</summary>
internal sealed class StorageSource(Dialect dialect, DbDataSource dataSource, StorageOptions options)
{
    /// <summary>The dialect.</summary>
    public Dialect Dialect => dialect;

    /// <summary>Opens a connection.</summary>
    public ValueTask<StorageConnection> OpenAsync(CancellationToken cancellationToken) =>
        StorageConnection.OpenAsync(dialect, dataSource, options.StatementTimeout, cancellationToken);

    /// <summary>What an exception means. What the driver did not foresee is no transient fault.</summary>
    public StorageFault Classify(Exception exception) => exception switch
    {
        DbException db => dialect.Classify(db),
        TimeoutException or IOException or OperationCanceledException => StorageFault.Transient,
        _ => StorageFault.Rejected,
    };

    /// <summary>Whether the database says itself that it did not do what it was asked, so that nothing of it is stored.</summary>
    public bool IsRefusal(Exception exception) =>
        exception is DbException { SqlState: not null } db && dialect.Classify(db) != StorageFault.Transient;

    /// <summary>The exception as callers see it.</summary>
    public StorageException Wrap(Exception exception) => new(
        "The store failed.", Classify(exception) is StorageFault.Transient or StorageFault.Conflict, exception);
}
