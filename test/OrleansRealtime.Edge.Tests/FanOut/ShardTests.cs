using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Tests.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

public class ShardTests
{
    private const int BackgroundFailed = 1008;

    [Fact]
    public async Task Carrier_ThatThrowsWhereItMustNot_CostsItsConnectionOnly()
    {
        await using var bench = new EdgeBench();
        var (healthy, transport) = await bench.LogInAsync();
        await EdgeBench.SubscribeAsync(healthy, transport, EdgeBench.Room);
        var faulty = await OpenOnAsync(bench, healthy.Shard);
        bench.Log.Expect(BackgroundFailed);

        bench.RoomChannel.Publish();
        await transport.NextAsync<PublicationFrame>();
        await bench.Log.WhenLogged(BackgroundFailed);
        bench.RoomChannel.Publish();
        await transport.NextAsync<PublicationFrame>();

        Assert.True(faulty.IsClosed);
    }

    private static async Task<Connection> OpenOnAsync(EdgeBench bench, object shard)
    {
        while (true)
        {
            var carrier = new FaultyTransport();
            var connection = bench.Node.Open(carrier, FreeGuard.Instance);
            if (ReferenceEquals(connection.Shard, shard))
            {
                await connection.StartAsync(EdgeBench.Alice(), null);
                await connection.OnCommandAsync(new SubscribeCommand(default, EdgeBench.Room, null, 0, false, null));
                await EdgeBench.SettleAsync(connection);
                carrier.IsBroken = true;
                return connection;
            }
        }
    }

    private sealed class FaultyTransport : ITransport
    {
        public bool IsBroken { get; set; }

        public TransportKind Kind => TransportKind.WebSocket;

        public FrameFormat Format { get; } = new LineFormat();

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
            IsBroken ? throw new IOException("broken") : ValueTask.CompletedTask;

        public void Abort()
        {
            if (IsBroken)
            {
                IsBroken = false;
                throw new InvalidOperationException("must not throw");
            }
        }

        public void CompleteWrites()
        {
        }
    }
}
