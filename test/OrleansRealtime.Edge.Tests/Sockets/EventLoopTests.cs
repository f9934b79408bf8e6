using System.Collections.Concurrent;
using OrleansRealtime.Edge.Sockets;
using OrleansRealtime.Edge.Tests.FanOut;

namespace OrleansRealtime.Edge.Tests.Sockets;

public sealed class EventLoopTests
{
    [Fact]
    public async Task Work_PostedWhileTheLoopStops_DoesNotRunBesideIt()
    {
        var faults = new ConcurrentQueue<Exception>();
        var loop = new EventLoop(0, TimeProvider.System, faults.Enqueue);
        loop.Start();
        using var isInLoop = new ManualResetEventSlim();
        using var mayLeave = new ManualResetEventSlim();
        var second = new Work(() => { });
        loop.Post(new Work(() =>
        {
            isInLoop.Set();
            mayLeave.Wait(TimeSpan.FromSeconds(20));
        }));
        isInLoop.Wait(TimeSpan.FromSeconds(20));
        var stopping = Task.Run(loop.Dispose);
        await Until.TrueAsync("the loop refuses sockets", () => loop.IsStopping);

        loop.Post(second);
        var pool = new TaskCompletionSource();
        ThreadPool.UnsafeQueueUserWorkItem(static done => done.SetResult(), pool, preferLocal: false);
        await pool.Task;
        var ranBeside = second.Ran.IsCompleted;
        mayLeave.Set();

        Assert.False(ranBeside);
        await second.Ran.WaitAsync(TimeSpan.FromSeconds(20));
        await stopping;
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Work_PostedToALoopThatIsOver_RunsElsewhere()
    {
        var loop = new EventLoop(0, TimeProvider.System, static _ => { });
        loop.Start();
        loop.Dispose();
        var work = new Work(static () => { });

        loop.Post(work);

        await work.Ran.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Work_PostedFromManyThreads_IsDone_HoweverOftenTheLoopSleeps()
    {
        using var loop = new EventLoop(0, TimeProvider.System, static _ => { });
        loop.Start();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var work = new Work(static () => { });
                loop.Post(work);
                await work.Ran.WaitAsync(TimeSpan.FromSeconds(20));
            }
        })));
    }

    private sealed class Work(Action action) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource _ran = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ran => _ran.Task;

        public void Execute()
        {
            action();
            _ran.SetResult();
        }
    }
}
