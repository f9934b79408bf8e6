using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Tests.Kit;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Advance_FiresTimersInTheOrderInWhichTheyAreDue_EachAtItsTime()
    {
        var start = _time.Now;
        var fired = new List<(string, double)>();
        void Fire(object? name) => fired.Add(((string)name!, (_time.Now - start).TotalSeconds));
        using var late = _time.CreateTimer(Fire, "late", TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var often = _time.CreateTimer(Fire, "often", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        using var never = _time.CreateTimer(Fire, "never", Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal([("often", 1), ("late", 3), ("often", 3)], fired);
        Assert.Equal(TimeSpan.FromSeconds(4), _time.GetElapsedTime(0));
    }

    [Fact]
    public async Task WhenArmed_CompletesWithTheTimer()
    {
        var armed = _time.WhenArmed();
        Assert.False(armed.IsCompleted);

        var delay = Task.Delay(TimeSpan.FromSeconds(1), _time);
        await armed;
        _time.Advance(TimeSpan.FromSeconds(1));

        await delay;
    }

    [Fact]
    public void Dispose_OfATimer_KeepsItFromFiring()
    {
        var fired = 0;
        _time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)).Dispose();

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(0, fired);
    }
}
