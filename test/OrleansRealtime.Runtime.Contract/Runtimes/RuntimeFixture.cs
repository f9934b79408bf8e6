using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Contract.Runtimes;

/// <summary>One runtime under test on one store, which outlives it.</summary>
public abstract class RuntimeFixture : IAsyncDisposable
{
    /// <summary>How long an actor that nobody needs stays active.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The clock of runtime and store.</summary>
    public ManualTimeProvider Time { get; } = new();

    /// <summary>What becomes of each call to the log; default that it is done.</summary>
    public Func<string, Task<LogFault>> OnLogCall { get; set; } = static _ => Task.FromResult(LogFault.None);

    /// <summary>The log behind the runtime, without faults.</summary>
    public abstract IChannelLog Log { get; }

    /// <summary>The user store behind the runtime.</summary>
    public abstract IUserStore UserStore { get; }

    public abstract IChannels Channels { get; }

    public abstract IUsers Users { get; }

    public abstract IEdgeDirectory Edges { get; }

    /// <summary>Brings the runtime up.</summary>
    public abstract Task StartAsync();

    /// <summary>Ends the runtime and brings up another one on the same store.</summary>
    /// <param name="isOrderly">Whether it may end what is in flight; otherwise its actors are left as they are.</param>
    public abstract Task RestartAsync(bool isOrderly);

    /// <summary>Lets time pass, and returns when all that came due by then is done.</summary>
    public abstract Task AdvanceAsync(TimeSpan by);

    public abstract ValueTask DisposeAsync();
}
