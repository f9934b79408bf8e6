using System.Collections.Concurrent;
using System.Data.Common;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>A few connections for reading, kept with their prepared statements. Safe for concurrent use.</summary>
internal sealed class ReaderPool(StorageSource source, StorageOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(options.ReaderConnections);
    private readonly ConcurrentStack<StorageConnection> _idle = new();
    private volatile bool _isDisposed;

    /// <summary>Reads with a connection that is free, waiting for one if need be.</summary>
    /// <exception cref="StorageException">
    /// The store failed, or did not answer within <see cref="StorageOptions.TransactionTimeout"/>.
    /// </exception>
    public async ValueTask<T> ReadAsync<T>(
        Func<StorageConnection, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        // Callers are in turns of actors, and SQLite's driver blocks its thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var timeout = new CancellationTokenSource(options.TransactionTimeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await _free.WaitAsync(limit.Token).ConfigureAwait(false);

            // The driver may need long to notice that it should give up; the caller need not wait for that.
            return await ReadAndReleaseAsync(read, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new StorageException(
                $"The store did not answer a read within {options.TransactionTimeout}.", isTransient: true);
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

    private async Task<T> ReadAndReleaseAsync<T>(
        Func<StorageConnection, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(read, isRetry: false, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
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
        catch (Exception)
        {
            // It is dropped because it is broken or no longer needed; what closing it says adds nothing, whatever it throws.
        }
    }
}
