using OrleansRealtime.Runtime.Contract.Runtimes;

namespace OrleansRealtime.Runtime.Tests.Embedded;

public sealed class EmbeddedChannelsInMemoryTests : ChannelsContract
{
    protected override RuntimeFixture CreateRuntime() => new EmbeddedInMemory();
}
