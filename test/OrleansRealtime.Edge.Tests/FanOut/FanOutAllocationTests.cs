using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.FanOut;
using OrleansRealtime.Edge.Tests.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>Tests that count what the whole process allocates, and so run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class AllocationCollection
{
    public const string Name = "allocations";
}

/// <summary>What a publication costs in memory, whatever the number of sockets.</summary>
[Collection(AllocationCollection.Name)]
public class FanOutAllocationTests
{
    [Fact]
    public async Task FanOut_ToIdleSubscribers_AllocatesNothingPerSubscriber()
    {
        await using var bench = new EdgeBench();
        var small = await MeasureAsync(bench, ChannelName.Parse("chat:small"), 16);
        var large = await MeasureAsync(bench, ChannelName.Parse("chat:large"), 1024);

        // The same number of publications: what more subscribers cost must not show. The slack is for the pool's own objects.
        Assert.InRange(large - small, long.MinValue, 1008);
    }

    private static async Task<long> MeasureAsync(EdgeBench bench, ChannelName name, int subscribers)
    {
        const int rounds = 50;
        var format = new LineFormat();
        var shards = new Dictionary<int, Connection>();
        for (var i = 0; i < subscribers; i++)
        {
            var connection = bench.Node.Open(new NullTransport(format), FreeGuard.Instance);
            await connection.StartAsync(EdgeBench.Alice(), null);
            await connection.OnCommandAsync(new SubscribeCommand(default, name, null, 0, false, null));
            shards[connection.Shard.Index] = connection;
        }

        foreach (var connection in shards.Values)
        {
            await EdgeBench.SettleAsync(connection);
        }

        for (var i = 0; i < rounds; i++)
        {
            // Lists and queues grow to their size, and the code is compiled, before anything is counted.
            await PublishAsync();
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < rounds; i++)
        {
            await PublishAsync();
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / rounds;

        async Task PublishAsync()
        {
            bench.System.Channel(name).Publish();
            foreach (var connection in shards.Values)
            {
                // The walk was posted before the first of these turns, and written by the end of it.
                await PassTurnAsync(connection.Shard);
                await PassTurnAsync(connection.Shard);
            }
        }
    }

    private static async Task PassTurnAsync(Shard shard)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shard.Post(done.SetResult);
        await done.Task;
    }

    private sealed class NullTransport(FrameFormat format) : ITransport
    {
        public TransportKind Kind => TransportKind.WebSocket;

        public FrameFormat Format => format;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Abort()
        {
        }

        public void CompleteWrites()
        {
        }
    }
}
