using OrleansRealtime.Runtime.Contract.Runtimes;

namespace OrleansRealtime.Runtime.Tests.Embedded;

public sealed class EmbeddedUsersInMemoryTests : UsersContract
{
    protected override RuntimeFixture CreateRuntime() => new EmbeddedInMemory();
}
