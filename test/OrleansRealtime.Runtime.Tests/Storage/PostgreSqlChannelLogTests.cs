using OrleansRealtime.Runtime.Contract.Storage;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Tests.Storage;

[RequiresPostgreSql]
public sealed class PostgreSqlChannelLogTests : ChannelLogContract
{
    protected override ChannelLogFixture CreateStore() => new PostgreSqlStore();
}
