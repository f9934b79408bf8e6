using OrleansRealtime.Runtime.Contract.Runtimes;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Embedded;

[RequiresPostgreSql]
public sealed class EmbeddedUsersOnPostgreSqlTests : UsersContract
{
    protected override RuntimeFixture CreateRuntime() => new EmbeddedOnPostgreSql();
}
