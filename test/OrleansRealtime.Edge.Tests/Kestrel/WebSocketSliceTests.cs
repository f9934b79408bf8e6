using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.Kestrel;

/// <summary>The way of a publication through every layer, over a real socket.</summary>
public abstract class WebSocketSliceTests(Carrier carrier) : CarrierTests(carrier)
{
    [Fact]
    public async Task Publication_OfOneConnection_ReachesAnother()
    {
        await using var server = await StartAsync();
        await using var alice = await server.LogInAsync("alice");
        await using var bob = await server.LogInAsync("bob");
        await bob.SendAsync(new SubscribeCommand(new CommandId("s"), EdgeServer.Room, null, 0, false, null));
        await bob.AwaitAsync<AckFrame>();

        await alice.SendAsync(new PublishCommand(new CommandId("p"), EdgeServer.Room, Payload.Json("""{"text":"hi"}"""), "m1", null));
        var ack = await alice.AwaitAsync<AckFrame>();
        var publication = await bob.AwaitAsync<PublicationFrame>();

        Assert.Equal(1, Assert.IsType<PublishedAck>(ack.Payload).Position.Sequence);
        Assert.Equal(1, publication.Publication.Sequence);
        Assert.Equal("alice", publication.Publication.From.Value);
        Assert.Equal(Payload.Json("""{"text":"hi"}"""), publication.Publication.Payload);
    }

    [Fact]
    public async Task Commands_PipelinedBehindAuth_AreLiveAfterOneRoundTrip()
    {
        await using var server = await StartAsync();
        await using var alice = await server.ConnectAsync();
        await alice.SendAsync(
            new AuthCommand(new CommandId("a"), EdgeServer.Token("alice"), 1, [], null),
            new SubscribeCommand(new CommandId("s1"), EdgeServer.Room, null, 0, false, null),
            new SubscribeCommand(new CommandId("s2"), ChannelName.Parse("chat:other"), null, 0, false, null),
            new PublishCommand(new CommandId("p"), EdgeServer.Room, Payload.Json("1"), null, null));

        await alice.AwaitAsync<AuthAckFrame>();
        foreach (var id in new[] { "s1", "s2", "p" })
        {
            await alice.AwaitAsync<AckFrame>($"an ack of {id}", ack => ack.Id.Text == id);
        }
    }

    [Fact]
    public async Task Handshake_WithBearerSubprotocol_IsAcknowledgedUnasked()
    {
        await using var server = await StartAsync();
        await using var alice = await server.ConnectAsync(new Testing.Wire.TestConnectionOptions
        {
            Subprotocols = [ProtocolVersion.JsonSubprotocol, ProtocolVersion.BearerSubprotocolPrefix + EdgeServer.Token("alice")],
        });

        var ack = await alice.AwaitAsync<AuthAckFrame>();

        Assert.True(ack.Id.IsNone);
        Assert.Equal("alice", ack.User.Value);
        Assert.Equal(ProtocolVersion.JsonSubprotocol, alice.Handshake.Headers["Sec-WebSocket-Protocol"]);
    }
}

/// <summary>The same on streams of Kestrel.</summary>
public sealed class WebSocketSliceTestsOnKestrel() : WebSocketSliceTests(Carrier.Kestrel);

/// <summary>The same on sockets.</summary>
public sealed class WebSocketSliceTestsOnSockets() : WebSocketSliceTests(Carrier.Sockets);
