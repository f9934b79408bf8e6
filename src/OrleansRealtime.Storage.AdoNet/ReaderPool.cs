using System.Collections.Concurrent;
using System.Data.Common;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>A few connections for reading, kept with their prepared statements. Safe for concurrent use.</summary>
internal sealed class ReaderPool(StorageSource source, StorageOptions options) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(options.ReaderConnections);
    private readonly ConcurrentStack<StorageConnection> _idle = new();
    private volatile bool _isDisposed;

    /// <summary>Reads with a connection that is free, waiting for one if need be.</summary>
    /// <exception cref="Core.Ports.StorageException">The store failed.</exception>
    public async ValueTask<T> ReadAsync<T>(
        Func<StorageConnection, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        // Callers are in turns of actors, and SQLite's driver blocks its thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ReadAsync(read, isRetry: false, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        while (_idle.TryPop(out var connection))
        {
            await DropAsync(connection).ConfigureAwait(false);
        }
    }

    private async ValueTask<T> ReadAsync<T>(
        Func<StorageConnection, CancellationToken, ValueTask<T>> read, bool isRetry, CancellationToken cancellationToken)
    {
        var wasIdle = false;
        StorageConnection? connection = null;
        try
        {
            wasIdle = !isRetry && _idle.TryPop(out connection);
            connection ??= await source.OpenAsync(cancellationToken).ConfigureAwait(false);
            var result = await read(connection, cancellationToken).ConfigureAwait(false);
            await KeepAsync(connection).ConfigureAwait(false);
            return result;
        }
        catch (Exception exception) when (exception is DbException or TimeoutException or IOException)
        {
            await DropAsync(connection).ConfigureAwait(false);

            // A connection that lay idle may have been broken for long; a new one tells whether the store is.
            if (!wasIdle || source.Classify(exception) != StorageFault.Transient)
            {
                throw source.Wrap(exception);
            }
        }
        catch
        {
            await DropAsync(connection).ConfigureAwait(false);
            throw;
        }

        return await ReadAsync(read, isRetry: true, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask KeepAsync(StorageConnection connection)
    {
        if (_isDisposed)
        {
            return DropAsync(connection);
        }

        _idle.Push(connection);
        return ValueTask.CompletedTask;
    }

    private static async ValueTask DropAsync(StorageConnection? connection)
    {
        if (connection is null)
        {
            return;
        }

        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (DbException)
        {
            // It is dropped because it is broken or no longer needed; what closing it says adds nothing.
        }
    }
}
