namespace OrleansRealtime.Edge.Connections;

/// <summary>How many commands of one connection are being carried out; beyond a limit the next one is not read.</summary>
/// <remarks>One reader enters; any thread exits.</remarks>
internal sealed class CommandWindow
{
    /// <summary>How many commands of a connection overlap at most: 64, so that a pipelining client fills a group commit.</summary>
    public const int Size = 64;

    private TaskCompletionSource? _waiting;
    private int _count;

    /// <summary>How many commands are being carried out, or wait for a place.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a place; completes when there is one.</summary>
    public ValueTask EnterAsync()
    {
        if (Interlocked.Increment(ref _count) <= Size)
        {
            return ValueTask.CompletedTask;
        }

        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _waiting, waiting);

        // Whoever left before it could be seen that somebody waits did not wake it.
        if (Volatile.Read(ref _count) <= Size)
        {
            Wake();
        }

        return new ValueTask(waiting.Task);
    }

    /// <summary>Gives a place back.</summary>
    public void Exit()
    {
        Interlocked.Decrement(ref _count);
        Wake();
    }

    private void Wake()
    {
        if (Volatile.Read(ref _waiting) is not null)
        {
            Interlocked.Exchange(ref _waiting, null)?.SetResult();
        }
    }
}
