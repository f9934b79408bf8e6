using OrleansRealtime.Runtime.Contract.Runtimes;

namespace OrleansRealtime.Runtime.Tests.Embedded;

public sealed class EmbeddedChannelsOnSqliteTests : ChannelsContract
{
    protected override RuntimeFixture CreateRuntime() => new EmbeddedOnSqlite();
}
