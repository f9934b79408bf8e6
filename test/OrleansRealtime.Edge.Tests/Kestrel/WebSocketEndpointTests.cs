using System.Diagnostics.Metrics;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Edge.Tests.FanOut;
using OrleansRealtime.Edge.Tests.Http;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.Kestrel;

/// <summary>What a handshake chooses: the encoding, the carrier, the session; and what one counts.</summary>
public abstract class WebSocketEndpointTests(Carrier carrier) : CarrierTests(carrier)
{
    [Fact]
    public async Task Publication_OfAJsonClient_ReachesAProtobufClient_AndBack()
    {
        await using var server = await StartAsync();
        await using var json = await server.LogInAsync("alice");
        await using var protobuf = await server.LogInAsync(
            "bob", new TestConnectionOptions { Codec = OrleansRealtime.Protocol.Protobuf.ProtobufFrameCodec.Instance });
        await json.SubscribeAsync("chat:room");
        var subscribed = await protobuf.SubscribeAsync("chat:room");
        Assert.True(subscribed.Recovered);

        Assert.Equal(1, (await json.PublishAsync("chat:room", """{"a":1.0}""", "m1", "k")).Position.Sequence);
        var received = await protobuf.NextPublicationAsync("chat:room");
        Assert.Equal((1L, "alice", "m1", "k"), (received.Sequence, received.From.Value, received.MessageId, received.Key));
        Assert.Equal(Payload.Json("""{"a":1.0}"""), received.Payload);

        byte[] bytes = [0, 255, 10];
        await protobuf.SendAsync(new PublishCommand(
            new CommandId("b"), EdgeServer.Room, Payload.Binary(bytes), null, null));
        Assert.Equal(1, (await json.NextPublicationAsync("chat:room")).Sequence);
        Assert.Equal(Payload.Binary(bytes), (await json.NextPublicationAsync("chat:room")).Payload);
    }

    [Fact]
    public async Task WebSocket_OverHttp2_CarriesTheProtocol()
    {
        await using var server = await StartAsync(protocols: HttpProtocols.Http2);
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var client = new ClientWebSocket();
        client.Options.HttpVersion = HttpVersion.Version20;
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        client.Options.AddSubProtocol(ProtocolVersion.JsonSubprotocol);
        client.Options.SetRequestHeader("Authorization", "Bearer " + EdgeServer.Token("alice"));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var address = new UriBuilder(server.Address) { Scheme = "ws", Path = "/v1/ws" }.Uri;

        await client.ConnectAsync(address, invoker, patience.Token);
        Assert.Contains("\"user\":\"alice\"", await ReceiveAsync(client, patience.Token), StringComparison.Ordinal);
        await client.SendAsync(
            """{"type":"subscribe","id":1,"channel":"chat:room"}"""u8.ToArray(), WebSocketMessageType.Text, true, patience.Token);
        await ReceiveAsync(client, patience.Token);
        await client.SendAsync(
            """{"type":"publish","channel":"chat:room","payload":{"data":7}}"""u8.ToArray(),
            WebSocketMessageType.Text, true, patience.Token);
        var answers = await ReceiveAsync(client, patience.Token) + await ReceiveAsync(client, patience.Token);
        Assert.Contains("\"type\":\"publication\"", answers, StringComparison.Ordinal);

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
        await Until.TrueAsync("the connection is gone", () => server.Node.Connections.Count == 0);
    }

    [Fact]
    public async Task Handshake_ThatAuthenticatesAndNamesASession_TakesItUp()
    {
        await using var server = await StartAsync();
        await using var old = await server.ConnectAsync(WithToken("/v1/ws"));
        var session = (await old.AwaitAsync<AuthAckFrame>()).Session;

        await using var next = await server.ConnectAsync(WithToken($"/v1/ws?session={session.Value}"));
        var ack = await next.AwaitAsync<AuthAckFrame>();

        Assert.Equal((session, true), (ack.Session, ack.Resumed));
        Assert.Equal(CloseReason.Replaced.Code, (await old.AwaitCloseAsync()).Code);
    }

    [Theory]
    [InlineData("/v1/ws", 426, "bad_request")]
    [InlineData("/v1/ws?session=", 426, "bad_request")]
    public async Task Request_ThatIsNoHandshake_IsAProblem(string path, int status, string code)
    {
        await using var server = await StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };
        await HttpTestServer.RefusedAsync(await http.GetAsync(path), status, code);
    }

    [Fact]
    public async Task Handshake_WithASessionThatIsNone_IsRefused()
    {
        await using var server = await StartAsync();
        var response = await TestConnection.TryHandshakeAsync(server.Address, WithToken("/v1/ws?session=" + new string('x', 65)));
        Assert.Equal(400, response.Status);
    }

    [Fact]
    public async Task Client_ThatClosesWithACodeOfTheServer_IsNoOffenderAndWritesNoLog()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await using var connection = await server.LogInAsync("mallory");
            await connection.SendFramesAsync(ClientFrame.Close(4029, "x\n1001 forged line"));
            Assert.Equal(1000, (await connection.AwaitCloseAsync()).Code);
        }

        await using var again = await server.LogInAsync("mallory");
        Assert.DoesNotContain(server.Log.Entries, static entry => entry.ToString().Contains("forged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("Grüße 👋", "Grüße 👋")]
    [InlineData("a\r\nb\u001b[2Jc\u2028d", "a??b?[2Jc?d")]
    public void LogText_OfAPeer_StaysOnItsLine(string text, string logged) => Assert.Equal(logged, LogText.Of(text));

    [Fact]
    public async Task Metrics_OfAConnectionsLife_CountWhatItDid()
    {
        await using var server = await StartAsync();
        using var meters = new MeterReader(server.Services.GetRequiredService<IMeterFactory>());
        await using (var alice = await server.LogInAsync("alice"))
        {
            await alice.SubscribeAsync("chat:room");
            await alice.PublishAsync("chat:room", "1");
            await alice.NextPublicationAsync("chat:room");
            await alice.RefusalAsync(static id => new SubscribeCommand(id, ChannelName.Parse("secret:x"), null, 0, false, null));
        }

        await Until.TrueAsync("the connection is gone", () => server.Node.Connections.Count == 0);
        await Until.TrueAsync("its end is counted", () => meters.Of("closes") == 1);
        Assert.Equal((1, 0), (meters.Of("opens websocket"), meters.Of("connections websocket")));
        Assert.Equal((1, 1), (meters.Of("publications.in"), meters.Of("publications.out")));
        Assert.Equal(1, meters.Of("refusals forbidden"));
        Assert.InRange(meters.Of("bytes.in"), 100, 10_000);
        Assert.InRange(meters.Of("bytes.out"), 100, 10_000);
        Assert.Equal(0, meters.Of("queued"));
        await Until.TrueAsync("the delivery is measured", () => meters.ValuesOf("delivery.duration") is [>= 0 and < 60]);
        Assert.Equal(
            [1, 1, 1],
            new[] { "authenticated", "subscribed", "first_publication" }
                .Select(milestone => meters.ValuesOf("connect.duration " + milestone).Count));
    }

    private static TestConnectionOptions WithToken(string path) => new()
    {
        Path = path,
        Headers = [("Authorization", "Bearer " + EdgeServer.Token("alice"))],
    };

    private static async Task<string> ReceiveAsync(ClientWebSocket client, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var result = await client.ReceiveAsync(buffer, cancellationToken);
        Assert.True(result.EndOfMessage);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}

/// <summary>The same on streams of Kestrel.</summary>
public sealed class WebSocketEndpointTestsOnKestrel() : WebSocketEndpointTests(Carrier.Kestrel);

/// <summary>The same on sockets.</summary>
public sealed class WebSocketEndpointTestsOnSockets() : WebSocketEndpointTests(Carrier.Sockets);
