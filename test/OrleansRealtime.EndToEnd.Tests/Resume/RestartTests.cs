using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.Resume;

/// <summary>Coming back to a server that was killed and started again, or to a channel that was collected.</summary>
[Collection(ServerProcesses.Name)]
public sealed class RestartTests
{
    [Fact]
    public async Task Resume_DurableChannelAfterKill_GetsAllThatWasMissedThenLive()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(ServerSettings.Sqlite(folder.Path));
        var seen = await PublishAsync(server.Address, "chat:room", count: 3);
        await PublishAsync(server.Address, "chat:room", count: 4);

        await server.KillAsync();
        await server.StartAsync();

        await using var returning = await ConnectAsync(server.Address);
        var ack = await returning.SubscribeAsync("chat:room", seen);
        await returning.PublishAsync("chat:room", "\"live\"");
        Assert.True(ack.Recovered);
        Assert.Equal(4, ack.Missed);
        Assert.Equal(seen.Epoch, ack.Position.Epoch);
        Assert.Equal([4L, 5L, 6L, 7L, 8L], (await returning.PublicationsAsync("chat:room", 5)).Select(static p => p.Sequence));
    }

    [Fact]
    public async Task Resume_MemoryChannelAfterKill_SaysThatItIsLost()
    {
        await using var server = await ServerProcess.StartAsync(ServerSettings.InMemory);
        var seen = await PublishAsync(server.Address, "chat:room", count: 3);

        await server.KillAsync();
        await server.StartAsync();

        await using var returning = await ConnectAsync(server.Address);
        var ack = await returning.SubscribeAsync("chat:room", seen);
        Assert.False(ack.Recovered);
        Assert.NotEqual(seen.Epoch, ack.Position.Epoch);
    }

    [Fact]
    public async Task Resume_ChannelCollectedMeanwhile_GetsAllThatWasMissed()
    {
        using var folder = new TemporaryFolder();
        await using var server = await TestServer.StartAsync(ServerSettings.Sqlite(folder.Path)
            .With("Embedded:IdleTimeout", "00:00:01")
            .With("Edge:DetachAfter", "00:00:00"));
        var seen = await PublishAsync(server.Address, "chat:room", count: 1);
        await PublishAsync(server.Address, "chat:room", count: 2);

        await server.WhenLoggedAsync("'chat:room' is down");

        await using var returning = await ConnectAsync(server.Address);
        var ack = await returning.SubscribeAsync("chat:room", seen);
        Assert.True(ack.Recovered);
        Assert.Equal([2L, 3L], (await returning.PublicationsAsync("chat:room", 2)).Select(static p => p.Sequence));
    }

    [Fact]
    public async Task Publish_RetriedAfterKill_IsTheSamePublication()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(ServerSettings.Sqlite(folder.Path));
        Position first;
        await using (var client = await ConnectAsync(server.Address))
        {
            first = (await client.PublishAsync("chat:room", "1", messageId: "m1")).Position;
        }

        await server.KillAsync();
        await server.StartAsync();

        await using var again = await ConnectAsync(server.Address);
        var ack = await again.PublishAsync("chat:room", "1", messageId: "m1");
        Assert.True(ack.Duplicate);
        Assert.Equal(first, ack.Position);
    }

    [Fact]
    public async Task EventStream_LastEventIdAfterKill_ResumesADurableChannel()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(ServerSettings.Sqlite(folder.Path));
        string? lastId;
        await using (var events = await TestEventStream.OpenAsync(server.Address, "chat:room", TestTokens.For("ann")))
        {
            await events.AwaitAsync<AckFrame>();
            await PublishAsync(server.Address, "chat:room", count: 1);
            await events.AwaitAsync<PublicationFrame>();
            lastId = events.LastEventId;
        }

        await PublishAsync(server.Address, "chat:room", count: 2);
        await server.KillAsync();
        await server.StartAsync();

        await using var again = await TestEventStream.OpenAsync(server.Address, "chat:room", TestTokens.For("ann"), lastId);
        Assert.Equal(2, (await again.AwaitAsync<PublicationFrame>()).Publication.Sequence);
        Assert.Equal(3, (await again.AwaitAsync<PublicationFrame>()).Publication.Sequence);
    }

    [Fact]
    public async Task Stop_WithClients_TellsThemWhenToReturnAndCloses4503()
    {
        await using var server = await ServerProcess.StartAsync(ServerSettings.InMemory.With("Drain:Window", "00:00:02"));
        await using var client = await ConnectAsync(server.Address);

        server.Terminate();

        Assert.InRange((await client.AwaitAsync<ReconnectFrame>()).After, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(CloseReason.Draining.Code, (await client.AwaitCloseAsync()).Code);
        Assert.Equal(0, await server.AwaitExitAsync());
    }

    private static Task<TestConnection> ConnectAsync(Uri server) => TestConnection.ConnectAsAsync(server, TestTokens.For("ann"));

    private static async Task<Position> PublishAsync(Uri server, string channel, int count)
    {
        await using var publisher = await ConnectAsync(server);
        var position = default(Position);
        for (var i = 0; i < count; i++)
        {
            position = (await publisher.PublishAsync(channel, "1")).Position;
        }

        return position;
    }
}
