using OrleansRealtime.Runtime.Contract.Runtimes;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Embedded;

[RequiresPostgreSql]
public sealed class EmbeddedChannelsOnPostgreSqlTests : ChannelsContract
{
    protected override RuntimeFixture CreateRuntime() => new EmbeddedOnPostgreSql();
}
