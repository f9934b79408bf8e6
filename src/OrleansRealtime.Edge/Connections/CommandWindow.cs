namespace OrleansRealtime.Edge.Connections;

/// <summary>How many commands of one connection are being carried out; beyond a limit the next one is not read.</summary>
/// <remarks>One reader enters; any thread exits.</remarks>
internal sealed class CommandWindow
{
    /// <summary>How many commands of a connection overlap at most: 64, so that a pipelining client fills a group commit.</summary>
    public const int Size = 64;

    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private int _count;

    /// <summary>How many commands are being carried out, or wait for a place.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a place; completes when there is one.</summary>
    public ValueTask EnterAsync()
    {
        lock (_lock)
        {
            if (_count++ < Size)
            {
                return ValueTask.CompletedTask;
            }

            _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_waiting.Task);
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Exit()
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            _count--;
            waiting = _waiting;
            _waiting = null;
        }

        waiting?.SetResult();
    }
}
