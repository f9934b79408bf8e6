namespace OrleansRealtime.Edge.FanOut;

/// <summary>One timer for all subscribers that are served at intervals: armed for the earliest that is due.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class ConflationTimer : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly PriorityQueue<Subscription, long> _due = new();
    private readonly ITimer _timer;
    private long _armedFor = long.MaxValue;

    /// <summary>Creates the timer; it does not run while nobody is due.</summary>
    public ConflationTimer(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(static timer => ((ConflationTimer)timer!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Calls <see cref="Subscription.OnFlushDue"/> on the subscription's shard after <paramref name="delay"/>.</summary>
    public void Schedule(Subscription subscription, TimeSpan delay)
    {
        lock (_lock)
        {
            var due = _clock.GetTimestamp() + ToTicks(delay);
            _due.Enqueue(subscription, due);
            ArmLocked();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        lock (_lock)
        {
            _armedFor = long.MaxValue;
            var now = _clock.GetTimestamp();
            while (_due.TryPeek(out var subscription, out var due) && due <= now)
            {
                _due.Dequeue();
                subscription.Connection.Shard.Post(subscription.OnFlushDue);
            }

            ArmLocked();
        }
    }

    private void ArmLocked()
    {
        if (!_due.TryPeek(out _, out var due) || due >= _armedFor)
        {
            return;
        }

        _armedFor = due;
        var delay = _clock.GetElapsedTime(_clock.GetTimestamp(), due);

        // Timers count whole milliseconds and round down; one that fires too early would only be armed again.
        _timer.Change(delay > TimeSpan.Zero ? delay + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private long ToTicks(TimeSpan delay) => (long)(delay.TotalSeconds * _clock.TimestampFrequency);
}
