using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.Runtimes;

/// <summary>The server with one Orleans silo in it.</summary>
[Collection(ServerProcesses.Name)]
public sealed class OrleansServerTests
{
    [Fact]
    public async Task Publish_ReachesTheSubscribersOfOtherConnections_InOrder()
    {
        await using var server = await TestServer.StartAsync(OnOrleans(ServerSettings.InMemory));
        await using var ann = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("ann"));
        await using var bob = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("bob"));
        await ann.SubscribeAsync("chat:room", presence: true);
        await bob.SubscribeAsync("chat:room", presence: true);

        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal(i, (await bob.PublishAsync("chat:room", $"{i}")).Position.Sequence);
        }

        var expected = Enumerable.Range(1, 20).Select(static i => (long)i).ToList();
        Assert.Equal(expected, (await ann.PublicationsAsync("chat:room", 20)).Select(static one => one.Sequence));
        Assert.Equal(expected, (await bob.PublicationsAsync("chat:room", 20)).Select(static one => one.Sequence));
        Assert.Equal(2, (await ann.PresenceAsync("chat:room")).Count);
    }

    [Fact]
    public async Task Resume_DurableChannelAfterKill_GetsAllThatWasMissedThenLive()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(OnOrleans(ServerSettings.Sqlite(folder.Path)));
        Position seen;
        await using (var ann = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("ann")))
        {
            seen = (await ann.PublishAsync("chat:room", "1", messageId: "m1")).Position;
            await ann.PublishAsync("chat:room", "2");
        }

        await server.KillAsync();
        await server.StartAsync();

        await using var returning = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("ann"));
        var ack = await returning.SubscribeAsync("chat:room", seen);
        Assert.True((await returning.PublishAsync("chat:room", "1", messageId: "m1")).Duplicate);
        await returning.PublishAsync("chat:room", "3");
        Assert.True(ack.Recovered);
        Assert.Equal(1, ack.Missed);
        Assert.Equal(seen.Epoch, ack.Position.Epoch);
        Assert.Equal([2L, 3L], (await returning.PublicationsAsync("chat:room", 2)).Select(static one => one.Sequence));
    }

    [Fact]
    public async Task Stop_WithClients_DrainsAndEndsWithSuccess()
    {
        await using var server = await ServerProcess.StartAsync(
            OnOrleans(ServerSettings.InMemory).With("Drain:Window", "00:00:01"));
        await using var ann = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("ann"));
        await ann.SubscribeAsync("chat:room");

        server.Terminate();

        await ann.AwaitAsync<ReconnectFrame>();
        Assert.Equal(CloseReason.Draining.Code, (await ann.AwaitCloseAsync()).Code);
        Assert.Equal(0, await server.AwaitExitAsync());
    }

    // The dashboard asks its silo once a second, also one that stops, and then Orleans logs an error; it has tests of its own.
    private static ServerSettings OnOrleans(ServerSettings settings) => settings
        .With("Runtime", "orleans")
        .With("Cluster:Dashboard", "false")
        .With("Cluster:SiloPort", FreePorts.Next())
        .With("Cluster:GatewayPort", FreePorts.Next());
}
