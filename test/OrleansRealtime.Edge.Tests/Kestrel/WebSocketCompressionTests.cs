using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.Kestrel;

/// <summary>Compression over a real socket: who offers it gets it, if it is on, and only large publications.</summary>
public abstract class WebSocketCompressionTests(Carrier carrier) : CarrierTests(carrier)
{
    private const string Extensions = "Sec-WebSocket-Extensions";
    private static readonly TestConnectionOptions Offering = new() { Headers = [(Extensions, "permessage-deflate; client_max_window_bits")] };
    private static readonly Payload Large = Payload.Json($"[{string.Join(',', Enumerable.Range(0, 400))}]");
    private static readonly Payload Small = Payload.Json("[1,2,3]");

    [Fact]
    public async Task Handshake_ByDefault_NegotiatesNothing()
    {
        await using var server = await StartAsync();
        await using var alice = await server.LogInAsync("alice", Offering);

        Assert.False(alice.Handshake.Headers.ContainsKey(Extensions));
        await alice.SendFramesAsync(ClientFrame.Text("{}").Compressed());
        Assert.Equal(1002, (await alice.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Handshake_Offered_IsAnsweredWithoutContextTakeover()
    {
        await using var server = await CompressingAsync();
        await using var alice = await server.ConnectAsync(Offering);
        await using var bob = await server.ConnectAsync();

        Assert.Equal(
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover", alice.Handshake.Headers[Extensions]);
        Assert.False(bob.Handshake.Headers.ContainsKey(Extensions));
    }

    [Fact]
    public async Task Publications_LargeAndSmall_OnlyLargeAreCompressedAndOnlyForWhoOffered()
    {
        await using var server = await CompressingAsync();
        await using var alice = await SubscribedAsync(server, "alice", Offering);
        await using var bob = await SubscribedAsync(server, "bob", new TestConnectionOptions());

        foreach (var payload in new[] { Large, Small })
        {
            await bob.SendAsync(new PublishCommand(new CommandId("p"), EdgeServer.Room, payload, null, null));
            await bob.AwaitAsync<AckFrame>();
            Assert.Equal(payload, (await bob.AwaitAsync<PublicationFrame>()).Publication.Payload);
        }

        var large = await alice.NextRawAsync();
        var small = await alice.NextRawAsync();
        Assert.True(large!.IsCompressed);
        Assert.Contains(Encoding.UTF8.GetString(Large.Bytes.Span), large.ToString(), StringComparison.Ordinal);
        Assert.False(small!.IsCompressed);
        Assert.Contains("[1,2,3]", small.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publications_MissedByWhoReturns_AreCompressedToo()
    {
        await using var server = await CompressingAsync();
        await using var bob = await SubscribedAsync(server, "bob", Offering);
        await bob.SendAsync(new PublishCommand(new CommandId("p"), EdgeServer.Room, Large, null, null));
        var published = await bob.AwaitAsync<AckFrame>("the position", static ack => ack.Payload is PublishedAck);
        var epoch = ((PublishedAck)published.Payload!).Position.Epoch;
        await using var alice = await server.LogInAsync("alice", Offering);

        await alice.SendAsync(new SubscribeCommand(new CommandId("s"), EdgeServer.Room, new Position(epoch, 0), 0, false, null));
        await alice.AwaitAsync<AckFrame>();
        var missed = await alice.NextRawAsync();

        Assert.True(missed!.IsCompressed);
        Assert.Contains("\"seq\":1", missed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_CompressedAndInPieces_IsCarriedOut()
    {
        await using var server = await CompressingAsync();
        await using var alice = await server.LogInAsync("alice", Offering);
        var data = Encoding.UTF8.GetString(Large.Bytes.Span);
        var command = ClientFrame.Deflate(Encoding.UTF8.GetBytes(
            $$$"""{"type":"publish","id":"p","channel":"chat:room","payload":{"data":{{{data}}}}}"""));
        var parts = ClientFrame.Fragments(1, command[..100], command[100..]).ToArray();

        await alice.SendFramesAsync(parts[0] with { ReservedBits = ClientFrame.CompressedBit }, ClientFrame.Ping([1]), parts[1]);

        Assert.Equal(1, Assert.IsType<PublishedAck>((await alice.AwaitAsync<AckFrame>()).Payload).Position.Sequence);
    }

    [Fact]
    public async Task Command_ThatIsABomb_ClosesWith1009()
    {
        await using var server = await CompressingAsync();
        await using var alice = await server.LogInAsync("alice", Offering);

        await alice.SendFramesAsync(ClientFrame.Text(new byte[10_000_000]).Compressed());

        Assert.Equal(1009, (await alice.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Command_ThatIsNotDeflate_ClosesWith1007()
    {
        await using var server = await CompressingAsync();
        await using var alice = await server.LogInAsync("alice", Offering);

        await alice.SendFramesAsync(ClientFrame.Text("{}") with { ReservedBits = ClientFrame.CompressedBit });

        Assert.Equal(1007, (await alice.AwaitCloseAsync()).Code);
    }

    [Theory]
    [InlineData("realtime.v1.json")]
    [InlineData("realtime.v1.protobuf")]
    public async Task ClientOfTheFramework_WithCompression_UnderstandsAndIsUnderstood(string subprotocol)
    {
        await using var server = await CompressingAsync();
        Assert.True(FrameCodecs.TryGet(subprotocol, out var codec));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var client = new ClientWebSocket();
        client.Options.AddSubProtocol(subprotocol);
        client.Options.AddSubProtocol(ProtocolVersion.BearerSubprotocolPrefix + EdgeServer.Token("alice"));
        client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        client.Options.CollectHttpResponseDetails = true;
        await client.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = "/v1/ws" }.Uri, patience.Token);
        Assert.Contains("permessage-deflate", client.HttpResponseHeaders![Extensions].Single(), StringComparison.Ordinal);

        await SendAsync(client, codec, new SubscribeCommand(new CommandId("s"), EdgeServer.Room, null, 0, false, null), patience.Token);
        while (await ReceiveAsync(client, codec, patience.Token) is not AckFrame)
        {
            // What is published earlier is not for this subscription.
        }

        await SendAsync(client, codec, new PublishCommand(new CommandId("p"), EdgeServer.Room, Large, null, null), patience.Token);
        PublicationFrame? publication = null;
        while (publication is null)
        {
            publication = await ReceiveAsync(client, codec, patience.Token) as PublicationFrame;
        }

        Assert.Equal(Large, publication.Publication.Payload);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    private Task<EdgeServer> CompressingAsync() =>
        StartAsync(static services => services.Configure<EdgeOptions>(static options => options.Compression = true));

    private static async Task<TestConnection> SubscribedAsync(EdgeServer server, string user, TestConnectionOptions options)
    {
        var connection = await server.LogInAsync(user, options);
        await connection.SendAsync(new SubscribeCommand(new CommandId("s"), EdgeServer.Room, null, 0, false, null));
        await connection.AwaitAsync<AckFrame>();
        return connection;
    }

    private static Task SendAsync(ClientWebSocket client, IFrameCodec codec, ClientCommand command, CancellationToken patience)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.WriteCommand(command, output);
        var kind = codec.IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
        return client.SendAsync(output.WrittenMemory, kind, endOfMessage: true, patience).AsTask();
    }

    private static async Task<ServerFrame> ReceiveAsync(ClientWebSocket client, IFrameCodec codec, CancellationToken patience)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        ValueWebSocketReceiveResult received;
        do
        {
            received = await client.ReceiveAsync(buffer.AsMemory(length), patience);
            length += received.Count;
        }
        while (!received.EndOfMessage);
        Assert.True(codec.TryReadFrame(new ReadOnlySequence<byte>(buffer, 0, length), out var frame));
        return frame;
    }
}

/// <summary>The same on streams of Kestrel.</summary>
public sealed class WebSocketCompressionTestsOnKestrel() : WebSocketCompressionTests(Carrier.Kestrel);

/// <summary>The same on sockets.</summary>
public sealed class WebSocketCompressionTestsOnSockets() : WebSocketCompressionTests(Carrier.Sockets);
