using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.Kestrel;

/// <summary>How connections end, and how slow ones live, over a real socket.</summary>
public abstract class WebSocketEndingTests(Carrier carrier) : CarrierTests(carrier)
{
    [Fact]
    public async Task Client_ThatCloses_IsAnsweredWithItsCode()
    {
        await using var server = await StartAsync();
        await using var alice = await server.LogInAsync("alice");

        await alice.SendFramesAsync(new ClientFrame(8, [0x03, 0xE8]));

        Assert.Equal(1000, (await alice.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Client_ThatAnswersAClose_SeesTheServerEndTheStream()
    {
        // Without patience that could run out: what ends the stream is the answer.
        await using var server = await StartAsync(static services =>
            services.AddSingleton<TimeProvider>(new ManualTimeProvider(DateTimeOffset.UtcNow)));
        await using var alice = await server.ConnectAsync();

        await alice.SendTextAsync("""{"type":"ping"}""");
        Assert.Equal(4001, (await alice.AwaitCloseAsync()).Code);

        Assert.Null(await alice.NextWireFrameAsync());
    }

    [Theory]
    [InlineData(2, "{}", 1003)]
    [InlineData(1, "\xFF", 1007)]
    public async Task Message_OfTheWrongKind_ClosesWithItsCode(int opcode, string payload, int code)
    {
        await using var server = await StartAsync();
        await using var alice = await server.LogInAsync("alice");

        await alice.SendFramesAsync(new ClientFrame(opcode, System.Text.Encoding.Latin1.GetBytes(payload)));

        Assert.Equal(code, (await alice.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Message_ThatIsTooLong_ClosesWith1009()
    {
        await using var server = await StartAsync(static services =>
            services.Configure<EdgeOptions>(static options => options.MaxMessageBytes = 1024));
        await using var alice = await server.LogInAsync("alice");

        await alice.SendTextAsync(new string(' ', 1025));

        Assert.Equal(1009, (await alice.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Token_ThatIsWronglySigned_IsRefusedAndClosedWith4001()
    {
        await using var server = await StartAsync();
        await using var alice = await server.ConnectAsync();

        await alice.SendAsync(new AuthCommand(new CommandId("a"), EdgeServer.Token("alice") + "x", 1, [], null));
        var error = await alice.AwaitAsync<ErrorFrame>();

        Assert.Equal(RealtimeErrorCode.Unauthenticated, error.Error.Code);
        Assert.Equal(4001, (await alice.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Subprotocols_OfWhichNoneIsSpoken_AreRefusedWith400()
    {
        await using var server = await StartAsync();

        var response = await TestConnection.TryHandshakeAsync(
            server.Address, new TestConnectionOptions { Subprotocols = ["chat.v9"] });

        Assert.Equal(400, response.Status);
    }

    [Fact]
    public async Task Kick_ByTheUsersActor_ClosesWith4030()
    {
        await using var server = await StartAsync();
        await using var alice = await server.LogInAsync("alice");

        await server.Services.GetRequiredService<IUsers>().Get(UserId.Parse("alice"))
            .DisconnectAsync(null, CloseReason.Kicked, CancellationToken.None);

        Assert.Equal(4030, (await alice.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Stop_OfTheHost_TellsClientsToReconnectAndClosesWith4503()
    {
        var server = await StartAsync();
        await using var alice = await server.LogInAsync("alice");

        var stopping = server.DisposeAsync().AsTask();

        await alice.AwaitAsync<ReconnectFrame>();
        Assert.Equal(4503, (await alice.AwaitCloseAsync()).Code);
        await stopping;
    }

    [Fact]
    public async Task Subscriber_ThatDoesNotRead_HoldsUpNobodyAndFinallyHasEverything()
    {
        const int count = 2000;
        await using var server = await StartAsync();
        server.Policies.Set(new ChannelPolicy
        {
            Namespace = "busy",
            Replay = new ReplayPolicy(count, 64 * 1024 * 1024, TimeSpan.FromHours(1)),
            Limits = new ChannelLimits(64 * 1024, 0, 0),
        });
        var name = ChannelName.Parse("busy:x");
        await using var slow = await server.LogInAsync("slow", new TestConnectionOptions { ReceiveBufferBytes = 4096 });
        await using var fast = await server.LogInAsync("fast");
        foreach (var subscriber in new[] { slow, fast })
        {
            await subscriber.SendAsync(new SubscribeCommand(new CommandId("s"), name, null, 0, false, null));
            await subscriber.AwaitAsync<AckFrame>();
        }

        // Straight to the channel: a client's own budget of commands is not what this is about.
        var channel = server.Services.GetRequiredService<IChannels>().Get(name);
        var payload = Payload.Json($"\"{new string('x', 4096)}\"");
        for (var expected = 1; expected <= count; expected++)
        {
            await channel.PublishAsync(
                new Core.Channels.PublishRequest(Core.Access.Caller.Trusted("test"), payload), CancellationToken.None);
            Assert.Equal(expected, (await fast.AwaitAsync<PublicationFrame>()).Publication.Sequence);
        }

        Assert.All(
            server.Node.Connections.All,
            connection => Assert.InRange(connection.Queue.PendingBytes, 0, 2 * server.Node.Options.QueueBytes));
        for (var expected = 1; expected <= count; expected++)
        {
            Assert.Equal(expected, (await slow.AwaitAsync<PublicationFrame>()).Publication.Sequence);
        }
    }
}

/// <summary>The same on streams of Kestrel.</summary>
public sealed class WebSocketEndingTestsOnKestrel() : WebSocketEndingTests(Carrier.Kestrel);

/// <summary>The same on sockets.</summary>
public sealed class WebSocketEndingTestsOnSockets() : WebSocketEndingTests(Carrier.Sockets);
