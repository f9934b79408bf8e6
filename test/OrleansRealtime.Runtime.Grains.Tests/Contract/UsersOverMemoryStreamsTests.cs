using OrleansRealtime.Runtime.Contract.Runtimes;

namespace OrleansRealtime.Runtime.Grains.Tests.Contract;

/// <summary>The provider of the inboxes can be exchanged.</summary>
public sealed class UsersOverMemoryStreamsTests : UsersContract
{
    protected override RuntimeFixture CreateRuntime() => new ClusterFixture(silos: 3) { UsesMemoryStreams = true };
}
