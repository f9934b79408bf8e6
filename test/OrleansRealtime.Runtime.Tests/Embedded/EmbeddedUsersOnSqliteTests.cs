using OrleansRealtime.Runtime.Contract.Runtimes;

namespace OrleansRealtime.Runtime.Tests.Embedded;

public sealed class EmbeddedUsersOnSqliteTests : UsersContract
{
    protected override RuntimeFixture CreateRuntime() => new EmbeddedOnSqlite();
}
