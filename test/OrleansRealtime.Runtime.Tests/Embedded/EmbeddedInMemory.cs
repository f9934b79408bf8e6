using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Stores;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Tests.Embedded;

/// <summary>The embedded runtime on stores in memory.</summary>
internal sealed class EmbeddedInMemory : EmbeddedFixture
{
    public EmbeddedInMemory() => Log = new MemoryChannelLog(Time);

    public override IChannelLog Log { get; }

    public override IGrantStore GrantStore { get; } = new MemoryGrantStore();

    public override IUserStore UserStore { get; } = new MemoryUserStore();

    protected override Task StartStoreAsync() => Task.CompletedTask;

    protected override Task RestartStoreAsync() => Task.CompletedTask;

    protected override Task StopStoreAsync() => Task.CompletedTask;
}
