using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Contract.Storage;

/// <summary>One store under test, which may be closed and opened again as after a restart.</summary>
public abstract class ChannelLogFixture : IAsyncDisposable
{
    /// <summary>The clock of the store.</summary>
    public ManualTimeProvider Time { get; } = new();

    /// <summary>The log; another one after <see cref="RestartAsync"/>.</summary>
    public abstract IChannelLog Log { get; }

    /// <summary>Makes the store ready.</summary>
    public abstract ValueTask StartAsync();

    /// <summary>Ends the process that owns the store, as far as the store can tell, and starts another one.</summary>
    public abstract ValueTask RestartAsync();

    /// <summary>Another process on the same store, or the same one where a store belongs to one process.</summary>
    public abstract ValueTask<IChannelLog> OpenSecondAsync();

    /// <summary>Trims what exceeds retention, and returns after that.</summary>
    public abstract ValueTask TrimAsync();

    public abstract ValueTask DisposeAsync();
}
