using OrleansRealtime.Runtime.Contract.Runtimes;

namespace OrleansRealtime.Runtime.Grains.Tests.Contract;

public sealed class ChannelsOnOneSiloTests : ChannelsContract
{
    protected override RuntimeFixture CreateRuntime() => new ClusterFixture(silos: 1);
}
