using Microsoft.Extensions.Logging;
using OrleansRealtime.Server.WarmUp;
using OrleansRealtime.Testing;

namespace OrleansRealtime.EndToEnd.Tests.WarmUp;

/// <summary>Whatever the warm-up does, the server starts.</summary>
public sealed class WarmUpStartTests : IDisposable
{
    private const int WarmedUp = 5060;
    private const int Cut = 5061;
    private const int Failed = 5062;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _clock = new();
    private readonly LogGuard _logs = new();

    [Fact]
    public async Task Start_AfterAWarmUp_GoesOn()
    {
        await StartAsync(_ => Task.CompletedTask);

        Assert.Equal(WarmedUp, Assert.Single(_logs.Entries).Event.Id);
    }

    [Fact]
    public async Task Start_WhenTheWarmUpFails_GoesOnAndSaysWhy()
    {
        await StartAsync(_ => Task.FromException(new InvalidOperationException("no port left")));

        var entry = Assert.Single(_logs.Entries);
        Assert.Equal(Failed, entry.Event.Id);
        Assert.Equal("no port left", entry.Exception?.Message);
    }

    [Fact]
    public async Task Start_WhenTheWarmUpFailsAtOnce_GoesOn()
    {
        await StartAsync(_ => throw new InvalidOperationException("nothing works"));

        Assert.Equal(Failed, Assert.Single(_logs.Entries).Event.Id);
    }

    [Fact]
    public async Task Start_OfAWarmUpThatNeverEnds_GoesOnAtTheLimitAndCancelsIt()
    {
        var never = new TaskCompletionSource();
        var token = CancellationToken.None;
        var starting = StartAsync(cancelled =>
        {
            token = cancelled;
            return never.Task;
        });

        _clock.Advance(Limit - TimeSpan.FromTicks(1));
        Assert.False(starting.IsCompleted);
        Assert.False(token.IsCancellationRequested);

        _clock.Advance(TimeSpan.FromTicks(1));
        await starting.WaitAsync(Patience);
        Assert.True(token.IsCancellationRequested);
        Assert.Equal(Cut, Assert.Single(_logs.Entries).Event.Id);
    }

    [Fact]
    public async Task Start_WhenTheHostStops_IsOverAtOnce()
    {
        using var stopping = new CancellationTokenSource();
        var never = new TaskCompletionSource();
        var token = CancellationToken.None;
        var starting = StartAsync(
            cancelled =>
            {
                token = cancelled;
                return never.Task;
            },
            stopping.Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.WaitAsync(Patience));
        Assert.True(token.IsCancellationRequested);
        Assert.Empty(_logs.Entries);
    }

    [Fact]
    public async Task Start_OfAWarmUpThatFailsAfterItWasCut_SaysSoLater()
    {
        var running = new TaskCompletionSource();
        var starting = StartAsync(_ => running.Task);
        _clock.Advance(Limit);
        await starting.WaitAsync(Patience);

        running.SetException(new InvalidOperationException("could not be put away"));
        var entry = await _logs.WhenLogged(Failed).WaitAsync(Patience);

        Assert.Equal("could not be put away", entry.Exception?.Message);
    }

    public void Dispose() => _logs.Dispose();

    private Task StartAsync(Func<CancellationToken, Task> warmUp, CancellationToken stopping = default) =>
        new WarmUpStart(Limit, warmUp, _clock, _logs.CreateLogger<WarmUpStart>()).StartingAsync(stopping);
}
