using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Tests.Embedded;

public sealed class ActorTableTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly LogGuard _logs = new();
    private readonly TestMeters _meters = new();
    private readonly HostScript _script = new();
    private readonly ConcurrentQueue<CountingHost> _hosts = [];
    private readonly EmbeddedRuntimeOptions _options = new();
    private readonly ActorTable<string, CountingHost> _table;
    private readonly Actor<string, CountingHost> _actor;

    public ActorTableTests()
    {
        _script.LastActive = () => _time.Now;
        _table = CreateTable();
        _actor = new Actor<string, CountingHost>(_table, "a");
    }

    public void Dispose()
    {
        _table.Dispose();
        _meters.Dispose();
        _logs.Verify();
    }

    [Fact]
    public async Task Call_OfAnIdleActor_RunsOnTheCallersThreadAndCompletes()
    {
        await Touch(0);
        var caller = (Environment.CurrentManagedThreadId, SynchronizationContext.Current);

        var call = Call(static (_, _) => ValueTask.FromResult(Environment.CurrentManagedThreadId)).AsTask();

        Assert.True(call.IsCompletedSuccessfully);
        Assert.Equal(caller, (Environment.CurrentManagedThreadId, SynchronizationContext.Current));
        Assert.Equal(caller.CurrentManagedThreadId, await call);
    }

    [Fact]
    public async Task Call_ThatThrows_ThrowsToItsCallerOnly()
    {
        await Assert.ThrowsAsync<FormatException>(() => Call<int>(static (_, _) => throw new FormatException()).AsTask());
        await Assert.ThrowsAsync<FormatException>(() => Call<int>(static async (_, _) =>
        {
            await Task.Yield();
            throw new FormatException();
        }).AsTask());

        Assert.Equal(1, await Touch(1));
    }

    [Fact]
    public async Task Call_OfItsOwnActor_WaitsItsTurnWithoutADeadlock()
    {
        var order = await Call(async (host, _) =>
        {
            var inner = Touch(2);
            host.Touch(1);
            await inner;
            return host.Seen;
        });

        Assert.Equal([1, 2], order);
    }

    [Fact]
    public async Task Call_ThatWaits_LetsOthersInterleave()
    {
        var gate = new TaskCompletionSource();
        var first = Call(async (host, _) =>
        {
            await gate.Task;
            return host.Touch(1);
        });

        Assert.Equal(1, await Touch(2));
        gate.SetResult();

        Assert.Equal(2, await first.AsTask().WaitAsync(Patience));
    }

    // The token of a connection kept each call that had failed, with all that it carried, until the connection ended.
    [Fact]
    public void Call_ThatFailedBeforeItStarted_IsNotKeptByItsToken()
    {
        using var connection = new CancellationTokenSource();
        var argument = FailOne(connection.Token);

        GC.Collect();

        Assert.False(argument.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference FailOne(CancellationToken cancellationToken)
    {
        var payload = new object();
        var call = new ActorCall<CountingHost, object, int>(static (_, _, _) => ValueTask.FromResult(0), payload, cancellationToken);
        call.Fail(new ActorUnavailableException("no store"));
        Assert.IsType<ActorUnavailableException>(call.Completion.Exception!.InnerException);
        return new WeakReference(payload);
    }

    [Fact]
    public async Task Call_WhileTheHostActivates_WaitsInOrder_AndCanBeCancelled()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Activating = _ => new ValueTask(gate.Task);
        using var cancellation = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 5).Select(i => Touch(i).AsTask()).ToList();
        var cancelled = _actor.CallAsync(static (host, _, _) => ValueTask.FromResult(host.Touch(9)), 0, cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Patience));
        gate.SetResult();

        var counts = await Task.WhenAll(calls).WaitAsync(Patience);
        Assert.Equal([1, 2, 3, 4, 5], counts);
        Assert.Equal([0, 1, 2, 3, 4], Assert.Single(_hosts).Seen);
    }

    [Fact]
    public async Task Activation_ThatFails_FailsAllThatWait_AndIsNotRemembered()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Activating = _ => new ValueTask(gate.Task);
        var calls = Enumerable.Range(0, 3).Select(i => Touch(i).AsTask()).ToList();
        _script.Activating = static _ => ValueTask.CompletedTask;
        gate.SetException(new StorageException("down"));

        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsAsync<ActorUnavailableException>(() => call.WaitAsync(Patience));
            Assert.IsType<StorageException>(failure.InnerException);
        }

        Assert.Equal(1, await Touch(7));
        Assert.Equal(2, _hosts.Count);
    }

    // Went round for ever: each try to call found an activation that had failed already.
    [Fact]
    public async Task Activation_ThatFailsAtOnceEveryTime_FailsTheCallOnce()
    {
        _script.Activating = static _ => throw new StorageException("down");

        await Assert.ThrowsAsync<ActorUnavailableException>(() => Touch(1).AsTask().WaitAsync(Patience));

        Assert.Single(_hosts);
    }

    [Fact]
    public async Task Deactivate_TakesTheHostDownAfterTheTurn_AndTheNextCallGetsANewOne()
    {
        await Call(static (host, _) =>
        {
            host.Activation.Deactivate("done");
            return ValueTask.FromResult(host.Touch(1));
        });

        Assert.Equal(1, await Touch(2));
        Assert.Equal([1, 1], _hosts.Select(static host => host.Seen.Count));
    }

    [Fact]
    public async Task Deactivate_WhileItWaits_HoldsCallsForTheNextHostInOrder()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Deactivating = _ => new ValueTask(gate.Task);
        await Call(static (host, _) =>
        {
            host.Activation.Deactivate("done");
            return ValueTask.FromResult(0);
        });
        var calls = Enumerable.Range(0, 5).Select(i => Touch(i).AsTask()).ToList();
        Assert.Single(_hosts);

        gate.SetResult();

        await Task.WhenAll(calls).WaitAsync(Patience);
        Assert.Equal([0, 1, 2, 3, 4], _hosts.Last().Seen);
    }

    [Fact]
    public async Task Deactivate_ThatNeverEnds_IsGivenUpAfterItsTimeout()
    {
        _script.Deactivating = static token => new ValueTask(Task.Delay(Timeout.Infinite, token));
        await Call(static (host, _) =>
        {
            host.Activation.Deactivate("done");
            return ValueTask.FromResult(0);
        });
        var call = Touch(1).AsTask();

        _time.Advance(_options.DeactivationTimeout);

        Assert.Equal(1, await call.WaitAsync(Patience));
        await _logs.WhenLogged(2004).WaitAsync(Patience);
    }

    [Fact]
    public async Task Sweep_CollectsIdleHosts_AndSparesBusyOnes()
    {
        await Touch(1);
        _script.LastActive = () => new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        _hosts.Single().IsIdle = false;
        await Touch(2);
        _time.Advance(_options.IdleTimeout);
        await _table.SweepAsync();
        Assert.Equal(1, _table.Count);

        _hosts.Single().IsIdle = true;
        _time.Advance(_options.IdleTimeout);
        await _table.SweepAsync();

        Assert.Equal(0, _table.Count);
        Assert.Equal(1, await Touch(3));
    }

    [Fact]
    public async Task Sweep_TicksWhatIsDue_AndNothingElse()
    {
        var ticks = 0;
        _script.Ticking = () =>
        {
            ticks++;
            return ValueTask.CompletedTask;
        };
        await Call((host, _) =>
        {
            host.NextDue = _time.Now + TimeSpan.FromSeconds(2);
            return ValueTask.FromResult(0);
        });

        _time.Advance(TimeSpan.FromSeconds(1));
        await _table.SweepAsync();
        Assert.Equal(0, ticks);

        _time.Advance(TimeSpan.FromSeconds(1));
        await _table.SweepAsync();
        await _table.SweepAsync();
        Assert.Equal(1, ticks);
    }

    [Fact]
    public async Task Sweep_WhoseTickThrows_IsLogged_AndTheActorLivesOn()
    {
        _logs.Expect(2005);
        _script.Ticking = static () => throw new InvalidOperationException("a bug");
        await Call((host, _) =>
        {
            host.NextDue = _time.Now;
            return ValueTask.FromResult(0);
        });

        await _table.SweepAsync();

        Assert.Contains(_logs.Entries, static entry => entry.Event.Id == 2005);
        Assert.Equal(1, await Touch(1));
    }

    [Fact]
    public async Task Stop_TakesAllDown_AndTurnsCallsAway()
    {
        await Touch(1);

        await _table.StopAsync(CancellationToken.None).WaitAsync(Patience);

        Assert.Equal(0, _table.Count);
        Assert.False(_hosts.Single().IsActive);
        await Assert.ThrowsAsync<ActorUnavailableException>(() => Touch(2).AsTask());
    }

    [Fact]
    public async Task Stop_EndsActivationsThatWait()
    {
        _script.Activating = static token => new ValueTask(Task.Delay(Timeout.Infinite, token));
        var call = Touch(1).AsTask();

        await _table.StopAsync(CancellationToken.None).WaitAsync(Patience);

        await Assert.ThrowsAsync<ActorUnavailableException>(() => call.WaitAsync(Patience));
    }

    [Fact]
    public async Task Stop_BeforeAnActivationBegan_LeavesItWithoutAHost()
    {
        var activation = _table.Get("a");
        var call = new ActorCall<CountingHost, int, int>(
            static (host, value, _) => ValueTask.FromResult(host.Touch(value)), 1, CancellationToken.None);
        Assert.True(activation.TryQueue(call));

        await _table.StopAsync(CancellationToken.None).WaitAsync(Patience);
        activation.Begin();

        await Assert.ThrowsAsync<ActorUnavailableException>(() => call.Completion.WaitAsync(Patience));
        Assert.Empty(_hosts);
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public Task Stop_RacingWithCalls_LeavesNoHostUp_AndMakesEachCallOrFailsIt() => Seeds.TryAsync(300, async random =>
    {
        const int Callers = 4;
        _hosts.Clear();
        using var table = CreateTable();
        using var start = new Barrier(Callers + 1);
        var spins = Enumerable.Range(0, Callers + 1).Select(_ => random.Next(60)).ToList();
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Factory.StartNew(
            () =>
            {
                var actor = new Actor<string, CountingHost>(table, "a");
                start.SignalAndWait();
                Thread.SpinWait(spins[caller]);
                return actor.CallAsync(
                    static (host, value, _) => ValueTask.FromResult(host.Touch(value)), caller, CancellationToken.None).AsTask();
            },
            TaskCreationOptions.LongRunning)).ToList();

        start.SignalAndWait();
        Thread.SpinWait(spins[Callers]);
        await table.StopAsync(CancellationToken.None).WaitAsync(Patience);
        var calls = await Task.WhenAll(callers).WaitAsync(Patience);

        foreach (var call in calls)
        {
            if (await Record.ExceptionAsync(() => call.WaitAsync(Patience)) is { } failure)
            {
                Assert.IsType<ActorUnavailableException>(failure);
            }
        }

        Assert.All(_hosts, static host => Assert.False(host.IsActive));
        Assert.Equal(0, table.Count);
    });

    [Fact]
    public Task Calls_RacingWithDeactivations_AreEachMadeOnce_InOrder_OnAnActiveHost() => Seeds.TryAsync(20, async random =>
    {
        const int Threads = 4;
        const int PerThread = 500;
        _hosts.Clear();
        var actor = new Actor<string, CountingHost>(_table, $"race {random.Next()}");
        var callers = Enumerable.Range(0, Threads).Select(_ => random.Next()).Select((seed, thread) => Task.Run(async () =>
        {
            var mine = new Random(seed);
            var calls = new List<Task<int>>();
            for (var i = 0; i < PerThread; i++)
            {
                var isLast = mine.Next(20) == 0;
                calls.Add(actor.CallAsync(
                    static (host, call, _) =>
                    {
                        if (call.isLast)
                        {
                            host.Activation.Deactivate("chance");
                        }

                        return ValueTask.FromResult(host.Touch(call.value));
                    },
                    (value: (thread * PerThread) + i, isLast),
                    CancellationToken.None).AsTask());
                if (mine.Next(10) == 0)
                {
                    await calls[^1];
                }
            }

            await Task.WhenAll(calls);
        })).ToList();
        await Task.WhenAll(callers).WaitAsync(Patience);

        var seen = _hosts.SelectMany(static host => host.Seen).ToList();
        Assert.Equal(Enumerable.Range(0, Threads * PerThread), seen.Order());
        for (var thread = 0; thread < Threads; thread++)
        {
            var mine = seen.Where(value => value / PerThread == thread).ToList();
            Assert.Equal(mine.Order(), mine);
        }
    });

    private ActorTable<string, CountingHost> CreateTable() => new(
        "test",
        (_, activation) =>
        {
            var host = new CountingHost(activation, _script);
            _hosts.Enqueue(host);
            return host;
        },
        _options,
        _time,
        new EmbeddedMetrics(_meters),
        _logs.CreateLogger("test"));

    private ValueTask<int> Touch(int value) => Call((host, _) => ValueTask.FromResult(host.Touch(value)));

    private ValueTask<T> Call<T>(Func<CountingHost, CancellationToken, ValueTask<T>> call) =>
        _actor.CallAsync(static (host, call, token) => call(host, token), call, CancellationToken.None);

    private sealed class TestMeters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(options);
            _meters.Add(meter);
            return meter;
        }

        public void Dispose() => _meters.ForEach(static meter => meter.Dispose());
    }
}
