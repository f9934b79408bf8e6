using System.Threading.Channels;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Storage.AdoNet.Writing;

/// <summary>What waits for the writer, bounded by count and by bytes. Safe for many producers and one consumer.</summary>
internal sealed class WriteQueue(StorageOptions options)
{
    private readonly Channel<WriteRequest> _requests = Channel.CreateBounded<WriteRequest>(
        new BoundedChannelOptions(options.MaxWaitingRequests) { SingleReader = true });

    private long _bytes;
    private volatile bool _isClosed;

    /// <summary>How many requests wait.</summary>
    public int Count => _requests.Reader.Count;

    /// <summary>Adds a request.</summary>
    /// <exception cref="StorageException">The queue is full, or the store stops; transient, and nothing was stored.</exception>
    public void Add(WriteRequest request)
    {
        // A request larger than the limit passes when it is alone, or it would never pass.
        var bytes = Interlocked.Add(ref _bytes, request.Bytes);
        if (bytes > options.MaxWaitingBytes && bytes != request.Bytes)
        {
            Interlocked.Add(ref _bytes, -request.Bytes);
            throw new StorageException(
                $"More than {options.MaxWaitingBytes} bytes wait for the store (MaxWaitingBytes). Try again later.", isTransient: true);
        }

        if (!_requests.Writer.TryWrite(request))
        {
            Interlocked.Add(ref _bytes, -request.Bytes);
            throw new StorageException(
                _isClosed
                    ? "The store is stopping."
                    : $"More than {options.MaxWaitingRequests} requests wait for the store (MaxWaitingRequests). Try again later.",
                isTransient: true);
        }
    }

    /// <summary>Takes no more requests; those that wait are still given out.</summary>
    public void Close()
    {
        _isClosed = true;
        _requests.Writer.TryComplete();
    }

    /// <summary>
    /// Waits for requests and fills <paramref name="batch"/> with what waits by then, within the limits of one transaction.
    /// False when the queue is closed and empty.
    /// </summary>
    public async ValueTask<bool> TakeAsync(List<WriteRequest> batch)
    {
        while (await _requests.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var bytes = 0L;
            while (batch.Count < options.MaxTransactionRequests && _requests.Reader.TryPeek(out var next)
                && (batch.Count == 0 || bytes + next.Bytes <= options.MaxTransactionBytes))
            {
                _requests.Reader.TryRead(out _);
                Interlocked.Add(ref _bytes, -next.Bytes);
                if (next.TryTake())
                {
                    bytes += next.Bytes;
                    batch.Add(next);
                }
            }

            if (batch.Count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
