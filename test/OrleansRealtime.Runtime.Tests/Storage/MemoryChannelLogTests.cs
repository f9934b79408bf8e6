using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Contract.Storage;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Tests.Storage;

/// <summary>The log that other tests use must keep what real ones keep, or those tests prove nothing.</summary>
public sealed class MemoryChannelLogTests : ChannelLogContract
{
    protected override ChannelLogFixture CreateStore() => new MemoryStore();

    private sealed class MemoryStore : ChannelLogFixture
    {
        private MemoryChannelLog? _log;

        public override IChannelLog Log => _log!;

        public override ValueTask StartAsync()
        {
            _log = new MemoryChannelLog(Time);
            return ValueTask.CompletedTask;
        }

        /// <summary>Memory outlives no process; what a restart keeps is what the same log keeps.</summary>
        public override ValueTask RestartAsync() => ValueTask.CompletedTask;

        public override ValueTask<IChannelLog> OpenSecondAsync() => ValueTask.FromResult(Log);

        public override ValueTask TrimAsync()
        {
            _log!.Trim(ChannelName.Parse("chat:room"));
            return ValueTask.CompletedTask;
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
