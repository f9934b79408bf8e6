using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Contract.Runtimes;

/// <summary>What the suites that every runtime must pass have in common.</summary>
public abstract class RuntimeContract : IAsyncLifetime
{
    /// <summary>How long a test waits for what must happen; nothing is expected to take any of it.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected static readonly EdgeId East = new("east");
    protected static readonly EdgeId West = new("west");

    protected RuntimeFixture Runtime { get; private set; } = null!;

    protected IChannels Channels => Runtime.Channels;

    protected IUsers Users => Runtime.Users;

    protected static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        Runtime = CreateRuntime();
        await Runtime.StartAsync();
    }

    public async Task DisposeAsync() => await Runtime.DisposeAsync();

    protected abstract RuntimeFixture CreateRuntime();

    /// <summary>Makes an edge known, with an inbox that keeps what it receives.</summary>
    protected RecordingInbox Register(EdgeId edge)
    {
        var inbox = new RecordingInbox();
        Runtime.Edges.Register(edge, inbox);
        return inbox;
    }

    /// <summary>Waits for something that must happen, and says what if it does not.</summary>
    protected static async Task<T> Until<T>(string what, Task<T> task)
    {
        try
        {
            return await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Patience} for: {what}.");
        }
    }

    /// <summary>Lets no log call of this kind through before the result is completed.</summary>
    protected (Task Reached, TaskCompletionSource<LogFault> Verdict) HoldNext(string method)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var verdict = new TaskCompletionSource<LogFault>(TaskCreationOptions.RunContinuationsAsynchronously);
        Runtime.OnLogCall = called =>
        {
            if (called != method || !reached.TrySetResult())
            {
                return Task.FromResult(LogFault.None);
            }

            return verdict.Task;
        };
        return (reached.Task, verdict);
    }

    /// <summary>The next log call of this kind, and no other, ends so.</summary>
    protected void FailNext(string method, LogFault fault)
    {
        var (_, verdict) = HoldNext(method);
        verdict.SetResult(fault);
    }
}
