namespace OrleansRealtime.Client.Connections;

/// <summary>A wait that can be set anew and called off; what it calls runs on a thread of the clock.</summary>
internal sealed class Alarm : IDisposable
{
    private readonly ITimer _timer;

    public Alarm(TimeProvider time, Action ring) =>
        _timer = time.CreateTimer(static state => ((Action)state!)(), ring, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Set(TimeSpan after) => _timer.Change(after, Timeout.InfiniteTimeSpan);

    public void CallOff() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();
}
