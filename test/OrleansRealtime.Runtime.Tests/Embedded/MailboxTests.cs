using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Tests.Embedded;

public sealed class MailboxTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<Exception> _failures = [];
    private readonly Mailbox _mailbox;
    private int _turns;

    public MailboxTests() => _mailbox = NewMailbox(() => _turns++);

    [Fact]
    public void TryEnter_WhenIdle_RunsOnTheCallersThreadInTheMailboxesContext()
    {
        Assert.True(_mailbox.TryEnter(out var outer));
        Assert.Same(_mailbox, SynchronizationContext.Current);

        _mailbox.Leave(outer);

        Assert.Same(outer, SynchronizationContext.Current);
        Assert.Equal(1, _turns);
    }

    [Fact]
    public void TryEnter_WithinATurn_IsRefused()
    {
        Assert.True(_mailbox.TryEnter(out var outer));
        Assert.False(_mailbox.TryEnter(out _));
        _mailbox.Leave(outer);

        Assert.True(_mailbox.TryEnter(out outer));
        _mailbox.Leave(outer);
    }

    [Fact]
    public async Task Post_DuringATurn_WaitsForItsEnd()
    {
        var log = new List<string>();
        var done = new TaskCompletionSource();
        Assert.True(_mailbox.TryEnter(out var outer));
        _mailbox.Post(_ => log.Add("posted"), null);
        _mailbox.Post(_ => done.SetResult(), null);
        log.Add("turn");
        _mailbox.Leave(outer);

        await done.Task.WaitAsync(Patience);
        Assert.Equal(["turn", "posted"], log);
    }

    [Fact]
    public async Task Post_ManyFromOneThread_RunInOrder()
    {
        const int Count = 10 * Mailbox.TurnsPerWorkItem;
        var seen = new List<int>();
        var done = new TaskCompletionSource();
        for (var i = 0; i < Count; i++)
        {
            _mailbox.Post(state => seen.Add((int)state!), i);
        }

        _mailbox.Post(_ => done.SetResult(), null);

        await done.Task.WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, Count), seen);
    }

    [Fact]
    public async Task Await_WithinATurn_ContinuesInTheMailbox()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var contextAfter = new TaskCompletionSource<SynchronizationContext?>();

        async Task Turn()
        {
            await gate.Task;
            contextAfter.SetResult(SynchronizationContext.Current);
        }

        Assert.True(_mailbox.TryEnter(out var outer));
        var turn = Turn();
        _mailbox.Leave(outer);
        gate.SetResult();

        Assert.Same(_mailbox, await contextAfter.Task.WaitAsync(Patience));
        await turn;
    }

    [Fact]
    public async Task Await_ByACallerOutside_ContinuesOutside()
    {
        var answer = new TaskCompletionSource<int>();
        var contexts = new TaskCompletionSource<SynchronizationContext?>();

        async Task Caller()
        {
            await answer.Task.ConfigureAwait(false);
            contexts.SetResult(SynchronizationContext.Current);
        }

        var caller = Caller();

        // Completed within a turn, without asking for asynchronous continuations: the worst case.
        _mailbox.Post(_ => answer.SetResult(1), null);

        Assert.NotSame(_mailbox, await contexts.Task.WaitAsync(Patience));
        await caller;
    }

    [Fact]
    public async Task Post_ThatThrows_IsReportedAndCostsNobodyATurn()
    {
        var bug = new InvalidOperationException("a bug");
        var done = new TaskCompletionSource();
        _mailbox.Post(_ => throw bug, null);
        _mailbox.Post(_ => done.SetResult(), null);

        await done.Task.WaitAsync(Patience);
        Assert.Same(bug, Assert.Single(_failures));
    }

    [Fact]
    public void Send_IsNotSupported() =>
        Assert.Throws<NotSupportedException>(() => _mailbox.Send(static _ => { }, null));

    [Fact]
    public Task Turns_UnderStress_NeverOverlapNorGetLost() => Seeds.TryAsync(20, async random =>
    {
        const int Threads = 4;
        const int PerThread = 2_000;
        var inside = 0;
        var overlaps = 0;
        var ran = 0;
        var done = new TaskCompletionSource();
        var mailbox = NewMailbox(static () => { });
        var seeds = Enumerable.Range(0, Threads).Select(_ => random.Next()).ToArray();

        void Turn()
        {
            overlaps += Interlocked.Increment(ref inside) - 1;
            Interlocked.Decrement(ref inside);
            if (++ran == Threads * PerThread)
            {
                done.SetResult();
            }
        }

        var threads = seeds.Select(seed => Task.Run(() =>
        {
            var mine = new Random(seed);
            for (var i = 0; i < PerThread; i++)
            {
                if (mine.Next(2) == 0 && mailbox.TryEnter(out var outer))
                {
                    Turn();
                    mailbox.Leave(outer);
                }
                else
                {
                    mailbox.Post(_ => Turn(), null);
                }
            }
        })).ToArray();
        await Task.WhenAll(threads);
        await done.Task.WaitAsync(Patience);

        Assert.Equal(0, overlaps);
        Assert.Equal(Threads * PerThread, ran);
        Assert.Empty(_failures);
    });

    private Mailbox NewMailbox(Action turnEnded)
    {
        using var meter = new Meter("test");
        var histogram = meter.CreateHistogram<double>("test");
        return new Mailbox(new TurnTime(histogram, default), new Owner(turnEnded, _failures.Enqueue));
    }

    private sealed class Owner(Action turnEnded, Action<Exception> turnFailed) : IMailboxOwner
    {
        public void OnTurnEnded() => turnEnded();

        public void OnTurnFailed(Exception failure) => turnFailed(failure);
    }
}
