using OrleansRealtime.Runtime.Contract.Runtimes;

namespace OrleansRealtime.Runtime.Grains.Tests.Contract;

public sealed class UsersOnOneSiloTests : UsersContract
{
    protected override RuntimeFixture CreateRuntime() => new ClusterFixture(silos: 1);
}
