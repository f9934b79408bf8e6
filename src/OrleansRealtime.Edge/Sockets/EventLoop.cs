using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>One thread that waits for sockets and for work, and does both; nothing in it may block.</summary>
/// <remarks>
/// It reads from all sockets that are ready before it does what that made work of, so that a burst becomes one walk and one
/// write per socket. <see cref="Post"/> may be called from anywhere, everything else in the loop only. Linux only.
/// </remarks>
internal sealed class EventLoop : IDisposable
{
    private const int MaxEvents = 512;

    // How late the end of somebody's patience may be noticed, in milliseconds; while nobody is expected the loop sleeps.
    private const int TickMilliseconds = 500;

    // As long as a slow link needs for its first or last packets, and short enough that idlers hold few descriptors.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // As much as one reading of a socket may bring: what Kestrel's transport takes at once is 4 KiB, a burst is more.
    private const int BufferBytes = 64 * 1024;

    // As many messages as are waited for at once in quiet times; a burst of more allocates, and leaves no more than these.
    private const int MaxSpareBuffers = 16;

    private readonly ConcurrentQueue<IThreadPoolWorkItem> _work = new();
    private readonly Action<Exception> _onFault;
    private readonly TimeProvider _clock;
    private readonly Queue<(LoopSocket Socket, int Slot, uint Life, long Since)> _expected = new();
    private readonly int _poll;
    private readonly int _wake;
    private readonly Thread _thread;
    private readonly Stack<int> _free = new();
    private readonly Stack<byte[]> _spare = new();
    private readonly Lock _wakeLock = new();
    private LoopSocket?[] _sockets = new LoopSocket?[64];
    private uint[] _lives = new uint[64];
    private int _used = 1;
    private byte[] _buffer = new byte[BufferBytes];
    private int _isSleeping;
    private volatile bool _isStopped;
    private volatile bool _isOver;

    /// <summary>Creates a loop, not yet started.</summary>
    /// <param name="index">Which of the engine's loops this is.</param>
    /// <param name="clock">The time, for patience.</param>
    /// <param name="onFault">Hears of bugs.</param>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    public EventLoop(int index, TimeProvider clock, Action<Exception> onFault)
    {
        Index = index;
        _clock = clock;
        _onFault = onFault;
        _poll = Libc.CreatePoll();
        _wake = Libc.CreateWake();
        if (_poll < 0 || _wake < 0 || !TryWatch(_wake, Libc.ReadReady, key: 0))
        {
            throw new IOException($"An event loop could not be made: error {Marshal.GetLastPInvokeError()}.");
        }

        _thread = new Thread(Run) { IsBackground = true, Name = $"realtime loop {index}" };
    }

    /// <summary>Which of the engine's loops this is.</summary>
    public int Index { get; }

    /// <summary>Whether the caller runs in this loop.</summary>
    public bool IsCurrent => Environment.CurrentManagedThreadId == _thread.ManagedThreadId;

    /// <summary>Whether it stops or has stopped, and takes no more sockets.</summary>
    public bool IsStopping => _isStopped;

    /// <summary>Memory to receive into; whoever keeps any of it must <see cref="TakeBuffer"/>.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Makes the buffer the caller's own, and another one the loop's.</summary>
    public byte[] TakeBuffer()
    {
        var taken = _buffer;
        _buffer = _spare.TryPop(out var spare) ? spare : new byte[BufferBytes];
        return taken;
    }

    /// <summary>Takes back a buffer that was taken and is not needed any more.</summary>
    public void GiveBack(byte[] buffer)
    {
        // When the loop is over, what is left of its sockets ends on other threads.
        if (IsCurrent && _spare.Count < MaxSpareBuffers)
        {
            _spare.Push(buffer);
        }
    }

    /// <summary>Begins to run.</summary>
    public void Start() => _thread.Start();

    /// <summary>Does something soon, in the order of posting; on the pool once the loop is stopped. Safe to call from anywhere.</summary>
    public void Post(IThreadPoolWorkItem work)
    {
        _work.Enqueue(work);

        // The loop says that it sleeps, or is over, before it looks at the queue a last time, so one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (_isOver)
        {
            HandOver();
        }
        else if (Volatile.Read(ref _isSleeping) != 0 && Interlocked.Exchange(ref _isSleeping, 0) != 0)
        {
            Wake();
        }
    }

    /// <summary>Watches a descriptor from now on; false when the system does not let it, or the loop stops.</summary>
    public bool TryAdd(LoopSocket socket, int descriptor, uint events)
    {
        if (_isStopped)
        {
            return false;
        }

        if (!_free.TryPop(out var slot))
        {
            slot = _used++;
            if (slot == _sockets.Length)
            {
                Array.Resize(ref _sockets, slot * 2);
                Array.Resize(ref _lives, slot * 2);
            }
        }

        _sockets[slot] = socket;
        socket.Slot = slot;
        if (TryWatch(descriptor, events, ((ulong)_lives[slot] << 32) | (uint)slot))
        {
            return true;
        }

        Forget(socket);
        return false;
    }

    /// <summary>Tells a socket that is watched when it is still the same after 5 s.</summary>
    public void Expect(LoopSocket socket) =>
        _expected.Enqueue((socket, socket.Slot, _lives[socket.Slot], _clock.GetTimestamp()));

    /// <summary>Has what happens to a descriptor told to somebody else from now on.</summary>
    public void Replace(LoopSocket before, LoopSocket after)
    {
        (after.Slot, before.Slot) = (before.Slot, -1);
        _sockets[after.Slot] = after;
    }

    /// <summary>Watches a descriptor no longer; it stays open.</summary>
    public unsafe void Remove(LoopSocket socket, int descriptor)
    {
        _ = Libc.Control(_poll, Libc.ControlDelete, descriptor, null);
        Forget(socket);
    }

    /// <summary>A descriptor is about to be closed, which ends the watching; what was reported of it already is not told any more.</summary>
    public void Forget(LoopSocket socket)
    {
        var slot = socket.Slot;
        socket.Slot = -1;
        _sockets[slot] = null;
        _lives[slot]++;
        _free.Push(slot);
    }

    /// <summary>Stops the loop and gives up every socket that is left. Waits for that, unless it is the caller who runs in it.</summary>
    public void Dispose()
    {
        _isStopped = true;
        Wake();
        if (_thread.IsAlive && !IsCurrent)
        {
            _thread.Join();
        }
    }

    private unsafe void Run()
    {
        var events = stackalloc byte[MaxEvents * PollEvents.Size];
        while (!_isStopped)
        {
            var count = Libc.Wait(_poll, events, MaxEvents, TimeUntilWork());
            Volatile.Write(ref _isSleeping, 0);
            for (var i = 0; i < count; i++)
            {
                var (ready, key) = PollEvents.Read(new ReadOnlySpan<byte>(events + (i * PollEvents.Size), PollEvents.Size));
                Tell((uint)key, (uint)(key >> 32), ready);
            }

            Work();
            EndPatience();
        }

        foreach (var socket in _sockets)
        {
            if (socket is not null)
            {
                Fault(socket);
            }
        }

        // Only from here on may work run elsewhere: until now it would have met the loop in the middle of the same socket.
        lock (_wakeLock)
        {
            _isOver = true;
            _ = Libc.Close(_wake);
        }

        _ = Libc.Close(_poll);
        Interlocked.MemoryBarrier();
        HandOver();
    }

    private void HandOver()
    {
        while (_work.TryDequeue(out var item))
        {
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
        }
    }

    private int TimeUntilWork()
    {
        Interlocked.Exchange(ref _isSleeping, 1);
        return !_work.IsEmpty ? 0 : _expected.Count > 0 ? TickMilliseconds : -1;
    }

    private void Tell(uint slot, uint life, uint events)
    {
        if (slot == 0)
        {
            DrainWake();
            return;
        }

        if (_lives[slot] == life && _sockets[slot] is { } socket)
        {
            try
            {
                socket.OnReady(events);
            }
            catch (Exception exception)
            {
                GiveUp(socket, exception);
            }
        }
    }

    // As much as waits now: what work makes of work comes after the sockets had their turn again.
    private void Work()
    {
        for (var count = _work.Count; count > 0 && _work.TryDequeue(out var item); count--)
        {
            try
            {
                item.Execute();
            }
            catch (Exception exception)
            {
                _onFault(exception);
            }
        }
    }

    // In the order of asking, because everybody's patience is the same.
    private void EndPatience()
    {
        while (_expected.TryPeek(out var first) && _clock.GetElapsedTime(first.Since) >= Patience)
        {
            _expected.Dequeue();
            if (first.Socket.Slot != first.Slot || _lives[first.Slot] != first.Life)
            {
                continue;
            }

            try
            {
                first.Socket.OnTimeout();
            }
            catch (Exception exception)
            {
                GiveUp(first.Socket, exception);
            }
        }
    }

    // One faulty socket must not stop the loop of all others.
    private void GiveUp(LoopSocket socket, Exception exception)
    {
        _onFault(exception);
        Fault(socket);
    }

    private void Fault(LoopSocket socket)
    {
        try
        {
            if (socket.Slot >= 0)
            {
                socket.OnFault();
            }
        }
        catch (Exception exception)
        {
            _onFault(exception);
        }
    }

    private unsafe bool TryWatch(int descriptor, uint events, ulong key)
    {
        var interest = stackalloc byte[PollEvents.Size];
        PollEvents.Write(new Span<byte>(interest, PollEvents.Size), events, key);
        return Libc.Control(_poll, Libc.ControlAdd, descriptor, interest) == 0;
    }

    // Under a lock, because a descriptor that was closed is soon somebody else's.
    private unsafe void Wake()
    {
        lock (_wakeLock)
        {
            if (!_isOver)
            {
                ulong one = 1;
                _ = Libc.Write(_wake, &one, sizeof(ulong));
            }
        }
    }

    private unsafe void DrainWake()
    {
        ulong value;
        _ = Libc.Read(_wake, &value, sizeof(ulong));
    }
}
