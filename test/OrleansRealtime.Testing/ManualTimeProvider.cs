namespace OrleansRealtime.Testing;

/// <summary>A clock that stands still until a test advances it. Safe for concurrent use.</summary>
/// <remarks>
/// Timers fire on the thread that advances, in the order in which they are due; while one fires, the clock shows the time at
/// which it was due. Await <see cref="WhenArmed"/> before advancing past a timer that other code is about to start.
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _armed = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private readonly List<(TimeSpan In, long After, TaskCompletionSource Reached)> _dueWaiters = [];
    private readonly DateTimeOffset _start;
    private DateTimeOffset _now;
    private TimeSpan _setBack;
    private long _armings;

    /// <summary>Starts at noon of 2026-01-01 UTC.</summary>
    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Starts at <paramref name="start"/>.</summary>
    public ManualTimeProvider(DateTimeOffset start) => _now = _start = start;

    /// <summary>What the clock shows.</summary>
    public DateTimeOffset Now => GetUtcNow();

    /// <summary>How many timers wait to fire.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_lock)
            {
                return _armed.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now - _setBack;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return (_now - _start).Ticks;
        }
    }

    /// <summary>Sets the wall clock back, as an operator or a time server may; timers and timestamps go on.</summary>
    public void SetBack(TimeSpan by)
    {
        lock (_lock)
        {
            _setBack += by;
        }
    }

    /// <summary>Moves the clock on, and fires every timer that becomes due on the way, periodic ones as often as they are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Time does not run backwards.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = _start + TimeSpan.FromTicks(GetTimestamp()) + by;
        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Completes as soon as at least <paramref name="count"/> timers wait to fire.</summary>
    public Task WhenArmed(int count = 1)
    {
        lock (_lock)
        {
            if (_armed.Count >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task;
        }
    }

    /// <summary>Counts each arming of a timer, so that a test can tell those after a moment from those before.</summary>
    public long LastArming
    {
        get
        {
            lock (_lock)
            {
                return _armings;
            }
        }
    }

    /// <summary>Completes as soon as a timer that was armed after the arming <paramref name="after"/> is due in exactly this time.</summary>
    public Task WhenArmedFor(TimeSpan dueIn, long after = 0)
    {
        lock (_lock)
        {
            if (_armed.Any(timer => timer.Arming > after && timer.Due == _now + dueIn))
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _dueWaiters.Add((dueIn, after, reached));
            return reached.Task;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            // Timers due at the same time fire in the order in which they were armed.
            var next = _armed.MinBy(static timer => (timer.Due, timer.Arming));
            if (next is null || next.Due > end)
            {
                _now = end > _now ? end : _now;
                return null;
            }

            _now = next.Due > _now ? next.Due : _now;
            _armed.Remove(next);
            if (next.Period > TimeSpan.Zero)
            {
                ArmLocked(next, next.Period, next.Period);
            }

            return next;
        }
    }

    private void ArmLocked(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        timer.Due = _now + dueTime;
        timer.Period = period;
        timer.Arming = ++_armings;
        _armed.Add(timer);
        foreach (var waiter in _waiters.Where(waiter => waiter.Count <= _armed.Count).ToList())
        {
            _waiters.Remove(waiter);
            waiter.Reached.SetResult();
        }

        foreach (var waiter in _dueWaiters.Where(waiter => timer.Arming > waiter.After && timer.Due == _now + waiter.In).ToList())
        {
            _dueWaiters.Remove(waiter);
            waiter.Reached.SetResult();
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private bool _isDisposed;

        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; set; }

        public long Arming { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._armed.Remove(this);
                if (_isDisposed)
                {
                    return false;
                }

                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    clock.ArmLocked(this, dueTime, period);
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                _isDisposed = true;
                clock._armed.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
