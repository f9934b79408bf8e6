using OrleansRealtime.Runtime.Contract.Runtimes;

namespace OrleansRealtime.Runtime.Grains.Tests.Contract;

public sealed class ChannelsOnThreeSilosTests : ChannelsContract
{
    protected override RuntimeFixture CreateRuntime() => new ClusterFixture(silos: 3);
}
