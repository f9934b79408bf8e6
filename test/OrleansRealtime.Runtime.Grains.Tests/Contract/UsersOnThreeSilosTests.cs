using OrleansRealtime.Runtime.Contract.Runtimes;

namespace OrleansRealtime.Runtime.Grains.Tests.Contract;

public sealed class UsersOnThreeSilosTests : UsersContract
{
    protected override RuntimeFixture CreateRuntime() => new ClusterFixture(silos: 3);
}
