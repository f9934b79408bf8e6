namespace OrleansRealtime.Edge.Sockets;

/// <summary>The event loops of the process, running from the start until this is disposed.</summary>
internal sealed class SocketEngine : IDisposable
{
    private readonly EventLoop[] _loops;

    /// <summary>Starts so many loops.</summary>
    public SocketEngine(int count, TimeProvider clock, Action<Exception> onFault)
    {
        _loops = [.. Enumerable.Range(0, count).Select(index => new EventLoop(index, clock, onFault))];
        foreach (var loop in _loops)
        {
            loop.Start();
        }
    }

    /// <summary>Whether this system has what the loops are made of.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && BitConverter.IsLittleEndian;

    /// <summary>The loops; a shard of an edge runs in the loop of its index.</summary>
    public IReadOnlyList<EventLoop> Loops => _loops;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }
}
