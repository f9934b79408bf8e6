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
    private Queue<Pending>? _pending;
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

            if (dropPending && _pending is not null)
            {
                foreach (var frame in _pending)
                {
                    _pendingBytes -= frame.Length;
                }

                _pending.Clear();
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
            _pending = null;
            _pendingBytes = 0;
        }
    }

    /// <summary>Starts writing what waits, unless a write is in flight, which then takes it along.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (_isWriting || _isFinished || _pending is not { Count: > 0 })
            {
                return;
            }

            _isWriting = true;
        }

        WriteAll();
    }

    private void AddLocked(Pending added)
    {
        (_pending ??= new Queue<Pending>(2)).Enqueue(added);
        _pendingBytes += added.Length;
    }

    /// <summary>Writes until nothing waits or the carrier pushes back; then goes on when it takes more.</summary>
    private void WriteAll()
    {
        while (TryTake(out var bytes, out var rented))
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
            OnWritten(bytes.Length);
        }
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
        OnWritten(length);
        WriteAll();
    }

    /// <summary>Takes the next write: one frame as it is, or several joined; false, and idle again, when nothing waits.</summary>
    private bool TryTake(out ReadOnlyMemory<byte> bytes, out byte[]? rented)
    {
        bytes = default;
        rented = null;
        bool isLast;
        lock (_lock)
        {
            if (!_isFinished && _pending is { Count: > 0 } pending)
            {
                var first = pending.Peek();
                bytes = first.End is null && (pending.Count == 1 || first.Length >= MaxJoinedBytes / 2)
                    ? pending.Dequeue().Frame
                    : Join(pending, out rented);
                return true;
            }

            _isWriting = false;
            isLast = _isClosing && !_isFinished;
            _isFinished |= isLast;
        }

        if (isLast)
        {
            _transport.CompleteWrites();
        }

        return false;
    }

    private ReadOnlyMemory<byte> Join(Queue<Pending> pending, out byte[] rented)
    {
        rented = ArrayPool<byte>.Shared.Rent((int)Math.Max(pending.Peek().Length, Math.Min(_pendingBytes, MaxJoinedBytes)));
        var length = 0;
        while (pending.TryPeek(out var next) && length + next.Length <= rented.Length)
        {
            next.CopyTo(rented.AsSpan(length));
            length += next.Length;
            pending.Dequeue();
        }

        return rented.AsMemory(0, length);
    }

    private void OnWritten(int length)
    {
        _metrics.BytesOut(length);
        bool isDrained;
        lock (_lock)
        {
            _pendingBytes = Math.Max(0, _pendingBytes - length);
            isDrained = _isStarved && _pendingBytes <= _budget / 2;
            _isStarved &= !isDrained;
        }

        if (isDrained)
        {
            _owner.OnDrained();
        }
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
