using System.Threading.Tasks.Sources;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>A write that the kernel did not take whole: what is left of it, and who waits for it. One at a time.</summary>
internal sealed class SocketWrite : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;

    /// <summary>What is still to be sent.</summary>
    public ReadOnlyMemory<byte> Rest { get; set; }

    /// <summary>Whether somebody waits.</summary>
    public bool IsPending { get; private set; }

    /// <summary>Begins to wait.</summary>
    public ValueTask Begin(ReadOnlyMemory<byte> rest)
    {
        Rest = rest;
        IsPending = true;
        _core.Reset();
        return new ValueTask(this, _core.Version);
    }

    /// <summary>No more waiting: whoever gets true must call <see cref="Complete"/>, outside of every lock.</summary>
    public bool TryEnd()
    {
        var wasPending = IsPending;
        IsPending = false;
        Rest = default;
        return wasPending;
    }

    /// <summary>Lets go on who waits.</summary>
    public void Complete(Exception? failure)
    {
        if (failure is null)
        {
            _core.SetResult(true);
        }
        else
        {
            _core.SetException(failure);
        }
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
