namespace OrleansRealtime.Client.Subscriptions;

/// <summary>What was received and not read yet, in order and bounded. One writer, one reader, each on any thread.</summary>
internal sealed class SubscriptionBuffer(int maxCount, long maxBytes, bool dropsOldest)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<BufferedItem> _items = [];
    private TaskCompletionSource? _reader;
    private Exception? _failure;
    private long _bytes;
    private bool _isComplete;

    private bool IsOver => _items.Count > maxCount || (_bytes > maxBytes && _items.Count > 1);

    /// <summary>Adds an item; what is too much is dropped when the buffer does that.</summary>
    /// <returns>Whether the buffer is full now.</returns>
    public bool Add(BufferedItem item)
    {
        TaskCompletionSource? reader;
        bool isFull;
        lock (_lock)
        {
            if (_isComplete)
            {
                return false;
            }

            _items.AddLast(item);
            _bytes += item.Bytes;
            while (dropsOldest && IsOver)
            {
                DropOldestLocked();
            }

            isFull = _items.Count >= maxCount || _bytes >= maxBytes;
            reader = _reader;
            _reader = null;
        }

        reader?.SetResult();
        return isFull;
    }

    /// <summary>Ends the buffer: what is in it is read, then the reader ends, or fails with <paramref name="failure"/>.</summary>
    public void Complete(Exception? failure)
    {
        TaskCompletionSource? reader;
        lock (_lock)
        {
            if (_isComplete)
            {
                return;
            }

            _isComplete = true;
            _failure = failure;
            reader = _reader;
            _reader = null;
        }

        reader?.SetResult();
    }

    /// <summary>The next item, or null at the end.</summary>
    public async ValueTask<BufferedItem?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrival;
            lock (_lock)
            {
                if (_items.First is { } first)
                {
                    _items.RemoveFirst();
                    _bytes -= first.Value.Bytes;
                    return first.Value;
                }

                if (_isComplete)
                {
                    return _failure is null ? null : throw _failure;
                }

                _reader ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrival = _reader.Task;
            }

            await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether at most half of it is taken.</summary>
    public bool IsHalfEmpty()
    {
        lock (_lock)
        {
            return _items.Count <= maxCount / 2 && _bytes <= maxBytes / 2;
        }
    }

    // The two oldest become one loss, so that it stands where the publications stood.
    private void DropOldestLocked()
    {
        var first = Pop();
        var second = Pop();
        var after = first.Loss is { } loss
            ? loss.After
            : first.Publication!.Position with { Sequence = first.Publication.Position.Sequence - 1 };
        var position = second.Loss?.Position ?? second.Publication!.Position;
        _items.AddFirst(new BufferedItem(null, new HistoryLoss(HistoryLossReason.Overflow, after, position)));
    }

    private BufferedItem Pop()
    {
        var item = _items.First!.Value;
        _items.RemoveFirst();
        _bytes -= item.Bytes;
        return item;
    }
}

/// <summary>A publication, or the loss of some. Immutable.</summary>
internal sealed record BufferedItem(ReceivedPublication? Publication, HistoryLoss? Loss)
{
    public int Bytes => Publication?.Payload.Length ?? 0;
}
