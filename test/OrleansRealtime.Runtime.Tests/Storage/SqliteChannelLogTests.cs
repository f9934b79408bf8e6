using OrleansRealtime.Runtime.Contract.Storage;

namespace OrleansRealtime.Runtime.Tests.Storage;

public sealed class SqliteChannelLogTests : ChannelLogContract
{
    protected override ChannelLogFixture CreateStore() => new SqliteStore();
}
