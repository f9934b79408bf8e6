using System.Buffers;

namespace OrleansRealtime.Edge.Connections;

/// <summary>What waits to be written to one connection: references to finished frames, within a budget of bytes.</summary>
/// <remarks>
/// Safe for concurrent use. One write is in flight at a time; what is appended meanwhile is joined into the next one. An idle
/// queue owns no buffer. <see cref="Flush"/> writes on the calling thread when nothing is in flight.
/// </remarks>
internal sealed class OutboundQueue
{
    /// <summary>How many bytes are joined into one write at most: 64 KiB, what Kestrel's output takes before it pushes back.</summary>
    internal const int MaxJoinedBytes = 64 * 1024;

    // Answers and pings are not subject to the slow-reader policies, so they get as much again before the connection is cut.
    private const int HardLimitFactor = 2;

    private readonly Lock _lock = new();
    private readonly ITransport _transport;
    private readonly IOutboundOwner _owner;
    private readonly EdgeMetrics _metrics;
    private readonly int _budget;

    // What waits: nearly always one, since a turn joins its own frames, so that is kept without a list.
    private Pending _first;
    private Queue<Pending>? _others;
    private long _pendingBytes;
    private bool _isWriting;
    private bool _isStarved;
    private bool _isClosing;
    private bool _isFinished;

    /// <summary>Creates a queue of <paramref name="budget"/> bytes.</summary>
    public OutboundQueue(ITransport transport, IOutboundOwner owner, EdgeMetrics metrics, int budget)
    {
        _transport = transport;
        _owner = owner;
        _metrics = metrics;
        _budget = budget;
    }

    /// <summary>How many bytes wait or are being written.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    /// <summary>Whether a write is in flight.</summary>
    public bool IsWriting => Volatile.Read(ref _isWriting);

    /// <summary>
    /// Whether there is room for another publication. After a no the owner hears of it (<see cref="IOutboundOwner.OnDrained"/>)
    /// once half of the budget is free again.
    /// </summary>
    public bool HasRoom()
    {
        lock (_lock)
        {
            if (_isClosing)
            {
                return false;
            }

            if (_pendingBytes < _budget)
            {
                return true;
            }

            _isStarved = true;
            return false;
        }
    }

    /// <summary>Adds a frame, to be written by the next <see cref="Flush"/>, if all of it is within the budget.</summary>
    public bool TryAppend(byte[] frame)
    {
        lock (_lock)
        {
            if (_isClosing || _pendingBytes + frame.Length > _budget)
            {
                return false;
            }

            AddLocked(new Pending(frame, null));
            return true;
        }
    }

    /// <summary>Adds a frame, to be written by the next <see cref="Flush"/>; asked before whether there is room for it.</summary>
    /// <param name="frame">The frame, or its beginning.</param>
    /// <param name="end">What finishes it, or null. Nothing comes between them, and they are dropped together.</param>
    public void Append(byte[] frame, byte[]? end = null)
    {
        lock (_lock)
        {
            if (!_isClosing)
            {
                AddLocked(new Pending(frame, end));
            }
        }
    }

    /// <summary>Adds a frame that no policy can hold back. False when even the hard limit is passed: the connection must close.</summary>
    public bool TryAppendControl(byte[] frame, byte[]? end = null)
    {
        var added = new Pending(frame, end);
        lock (_lock)
        {
            if (_isClosing)
            {
                return true;
            }

            if (_pendingBytes + added.Length > (long)_budget * HardLimitFactor && _pendingBytes > 0)
            {
                return false;
            }

            AddLocked(added);
            return true;
        }
    }

    /// <summary>
    /// Adds the last frame and writes. What waits is written before it, unless <paramref name="dropPending"/>. Later calls do nothing.
    /// </summary>
    public void Close(byte[] lastFrame, bool dropPending)
    {
        lock (_lock)
        {
            if (_isClosing)
            {
                return;
            }

            while (dropPending && IsAnyPending)
            {
                _pendingBytes -= DequeueLocked().Length;
            }

            AddLocked(new Pending(lastFrame, null));
            _isClosing = true;
        }

        Flush();
    }

    /// <summary>Gives up whatever waits: the carrier is gone.</summary>
    public void Discard()
    {
        lock (_lock)
        {
            _isClosing = true;
            _isFinished = true;
            _first = default;
            _others = null;
            _pendingBytes = 0;
        }
    }

    /// <summary>Starts writing what waits, unless a write is in flight, which then takes it along.</summary>
    public void Flush()
    {
        ReadOnlyMemory<byte> bytes;
        byte[]? rented;
        lock (_lock)
        {
            if (_isWriting || _isFinished || !IsAnyPending)
            {
                return;
            }

            _isWriting = true;
            bytes = TakeLocked(out rented);
        }

        WriteAll(bytes, rented);
    }

    private bool IsAnyPending => _first.Frame is not null;

    private void AddLocked(Pending added)
    {
        if (_first.Frame is null)
        {
            _first = added;
        }
        else
        {
            (_others ??= new Queue<Pending>(4)).Enqueue(added);
        }

        _pendingBytes += added.Length;
    }

    private Pending DequeueLocked()
    {
        var first = _first;
        _first = _others is { Count: > 0 } others ? others.Dequeue() : default;
        return first;
    }

    /// <summary>Writes until nothing waits or the carrier pushes back; then goes on when it takes more.</summary>
    private void WriteAll(ReadOnlyMemory<byte> bytes, byte[]? rented)
    {
        do
        {
            ValueTask write;
            try
            {
                write = _transport.WriteAsync(bytes, CancellationToken.None);
                if (!write.IsCompleted)
                {
                    _ = FinishAsync(write, bytes.Length, rented);
                    return;
                }

                write.GetAwaiter().GetResult();
            }
            catch (Exception exception)
            {
                Return(rented);
                Fail(exception);
                return;
            }

            Return(rented);
        }
        while (TryGoOn(bytes.Length, out bytes, out rented));
    }

    private async Task FinishAsync(ValueTask write, int length, byte[]? rented)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Return(rented);
            Fail(exception);
            return;
        }

        Return(rented);
        _owner.OnWriteProgress();
        if (TryGoOn(length, out var bytes, out rented))
        {
            WriteAll(bytes, rented);
        }
    }

    /// <summary>A write went through: takes the next one; false, and idle again, when nothing waits.</summary>
    private bool TryGoOn(int written, out ReadOnlyMemory<byte> bytes, out byte[]? rented)
    {
        _metrics.BytesOut(written);
        bytes = default;
        rented = null;
        bool hasMore, isDrained, isLast = false;
        lock (_lock)
        {
            _pendingBytes = Math.Max(0, _pendingBytes - written);
            isDrained = _isStarved && _pendingBytes <= _budget / 2;
            _isStarved &= !isDrained;
            hasMore = !_isFinished && IsAnyPending;
            if (hasMore)
            {
                bytes = TakeLocked(out rented);
            }
            else
            {
                _isWriting = false;
                isLast = _isClosing && !_isFinished;
                _isFinished |= isLast;
            }
        }

        if (isDrained)
        {
            _owner.OnDrained();
        }

        if (isLast)
        {
            _transport.CompleteWrites();
        }

        return hasMore;
    }

    /// <summary>The next write: one frame as it is, or several joined.</summary>
    private ReadOnlyMemory<byte> TakeLocked(out byte[]? rented)
    {
        rented = null;
        return _first.End is null && (_others is not { Count: > 0 } || _first.Length >= MaxJoinedBytes / 2)
            ? DequeueLocked().Frame
            : JoinLocked(out rented);
    }

    private ReadOnlyMemory<byte> JoinLocked(out byte[] rented)
    {
        rented = ArrayPool<byte>.Shared.Rent((int)Math.Max(_first.Length, Math.Min(_pendingBytes, MaxJoinedBytes)));
        var length = 0;
        while (IsAnyPending && length + _first.Length <= rented.Length)
        {
            var next = DequeueLocked();
            next.CopyTo(rented.AsSpan(length));
            length += next.Length;
        }

        return rented.AsMemory(0, length);
    }

    private void Fail(Exception exception)
    {
        Discard();
        _owner.OnWriteFailed(exception);
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>A frame that waits: what is shared, and what is of this connection only.</summary>
    private readonly record struct Pending(byte[] Frame, byte[]? End)
    {
        public int Length => Frame.Length + (End?.Length ?? 0);

        public void CopyTo(Span<byte> target)
        {
            Frame.CopyTo(target);
            End?.CopyTo(target[Frame.Length..]);
        }
    }
}
