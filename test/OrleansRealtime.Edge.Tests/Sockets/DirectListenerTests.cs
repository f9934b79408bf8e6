using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.Sockets;
using OrleansRealtime.Edge.Tests.FanOut;
using OrleansRealtime.Edge.Tests.Kestrel;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.Sockets;

/// <summary>What the event loops take, what they leave to Kestrel, and what their sockets come through.</summary>
public sealed class DirectListenerTests
{
    private const string Upgrade =
        "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

    [Fact]
    public async Task Handshake_WholeAndPlain_IsAnsweredByTheLoop()
    {
        await using var server = await EdgeServer.StartAsync();
        using var client = await ConnectAsync(server);

        await client.SendAsync(Encoding.ASCII.GetBytes(Upgrade));

        // Kestrel would have sent a date.
        Assert.Equal(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n",
            await HeadAsync(client));
    }

    [Fact]
    public async Task Handshake_ThatComesInPieces_IsAnsweredByKestrel()
    {
        await using var server = await EdgeServer.StartAsync();
        using var client = await ConnectAsync(server);

        await client.SendAsync(Encoding.ASCII.GetBytes(Upgrade[..20]));
        await KestrelHasItAsync(server);
        await client.SendAsync(Encoding.ASCII.GetBytes(Upgrade[20..]));

        var head = await HeadAsync(client);
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nDate: ", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_PipelinedBehindTheHandshake_IsNotLost()
    {
        await using var server = await EdgeServer.StartAsync();
        using var client = await ConnectAsync(server);
        byte[] ping = [0x89, 0x80, 0, 0, 0, 0];

        await client.SendAsync(Encoding.ASCII.GetBytes(Upgrade).Concat(ping).ToArray());

        await HeadAsync(client);
        var pong = new byte[2];
        await ReadAsync(client, pong);
        Assert.Equal([0x8A, 0x00], pong);
    }

    [Fact]
    public async Task Handshake_Refused_IsAnsweredWithTheProblem_AndTheSocketEnded()
    {
        await using var server = await EdgeServer.StartAsync(static services =>
            services.Configure<LimitOptions>(static limits => limits.Connections = 1));
        using var first = await ConnectAsync(server);
        await first.SendAsync(Encoding.ASCII.GetBytes(Upgrade));
        await HeadAsync(first);

        using var second = await ConnectAsync(server);
        await second.SendAsync(Encoding.ASCII.GetBytes(Upgrade));
        using var reader = new StreamReader(new NetworkStream(second));
        var answer = await reader.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"unavailable\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OfAnythingElse_IsKestrels()
    {
        await using var server = await EdgeServer.StartAsync();
        using var http = new HttpClient();

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(server.Address, "/v1/openapi.json"))).StatusCode);
    }

    [Fact]
    public async Task Address_ThatDoesNotSpeakHttp11_IsKestrels()
    {
        await using var server = await EdgeServer.StartAsync(protocols: HttpProtocols.Http2);
        using var client = await ConnectAsync(server);

        await client.SendAsync(Encoding.ASCII.GetBytes(Upgrade));

        Assert.StartsWith("HTTP/1.1 400 ", await HeadAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_WithTls_IsKestrels()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(
            "CN=localhost", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var endpoints = new KestrelEndpoints();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<Microsoft.Extensions.Options.IConfigureOptions<KestrelServerOptions>>(endpoints);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 5001, listen => listen.UseHttps(certificate));
            kestrel.Listen(IPAddress.Loopback, 5002);
        });
        await using var application = builder.Build();
        _ = application.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<KestrelServerOptions>>().Value;

        Assert.False(endpoints.IsPlainHttp(new IPEndPoint(IPAddress.Loopback, 5001)));
        Assert.True(endpoints.IsPlainHttp(new IPEndPoint(IPAddress.Loopback, 5002)));
        Assert.False(endpoints.IsPlainHttp(new IPEndPoint(IPAddress.Loopback, 5003)));
    }

    [Fact]
    public void Refusal_WithALineEndInAField_DoesNotSendIt()
    {
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        context.Response.StatusCode = 403;
        context.Response.Headers["X-Bad"] = "a\r\nSet-Cookie: b";
        context.Response.Headers["X-Good"] = "c";

        Assert.Equal(
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\nX-Good: c\r\n\r\n",
            Encoding.ASCII.GetString(DirectHandshake.RefusalBytes(context)));
    }

    [Fact]
    public async Task Message_LargerThanAnyBuffer_InPiecesOfAnySize_IsRead()
    {
        await using var server = await EdgeServer.StartAsync(static services =>
            services.Configure<EdgeOptions>(static options => options.MaxMessageBytes = 1024 * 1024));
        await using var alice = await server.LogInAsync("alice");
        await alice.SubscribeAsync("chat:room");
        var text = new string('x', 60_000);

        for (var i = 0; i < 5; i++)
        {
            // All in one burst: more than a loop reads at once, cut wherever the kernel cuts it.
            await alice.SendAsync(new PublishCommand(
                new CommandId($"p{i}"), EdgeServer.Room, Payload.Json($"\"{text}\""), null, null));
        }

        for (var i = 1; i <= 5; i++)
        {
            Assert.Equal(i, (await alice.NextPublicationAsync("chat:room")).Sequence);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Peer_ThatEndsTheStreamWithItsLastBytes_IsLetGo(bool isWithTheHandshake)
    {
        await using var server = await EdgeServer.StartAsync();
        using var client = await ConnectAsync(server);
        byte[] ping = [0x89, 0x80, 0, 0, 0, 0];
        byte[] last = isWithTheHandshake ? [.. Encoding.ASCII.GetBytes(Upgrade), .. ping] : ping;
        if (!isWithTheHandshake)
        {
            await client.SendAsync(Encoding.ASCII.GetBytes(Upgrade));
            await HeadAsync(client);
        }

        // The loops see the bytes and the end at once, because they are busy until both are there.
        using (HoldLoops(server))
        {
            await client.SendAsync(last);
            client.Shutdown(SocketShutdown.Send);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        var rest = new byte[1024];
        while (await client.ReceiveAsync(rest, patience.Token) > 0)
        {
        }

        await Until.TrueAsync("the connection is gone", () => server.Node.Connections.Count == 0);
    }

    /// <summary>Keeps all loops from looking at their sockets until it is disposed.</summary>
    private static Held HoldLoops(EdgeServer server) => new(server.Services.GetRequiredService<SocketEngine>().Loops);

    private sealed class Held : IDisposable
    {
        private readonly ManualResetEventSlim _release = new();
        private readonly CountdownEvent _held;

        public Held(IReadOnlyList<EventLoop> loops)
        {
            _held = new CountdownEvent(loops.Count);
            foreach (var loop in loops)
            {
                loop.Post(new Pause(_held, _release));
            }

            _held.Wait(TimeSpan.FromSeconds(20));
        }

        public void Dispose() => _release.Set();

        private sealed class Pause(CountdownEvent held, ManualResetEventSlim release) : IThreadPoolWorkItem
        {
            public void Execute()
            {
                held.Signal();
                release.Wait(TimeSpan.FromSeconds(20));
            }
        }
    }

    private static async Task<Socket> ConnectAsync(EdgeServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        return socket;
    }

    /// <summary>Waits until a request that was begun is in Kestrel's hands, which another client's whole one then passes.</summary>
    private static async Task KestrelHasItAsync(EdgeServer server)
    {
        using var http = new HttpClient();
        await http.GetAsync(new Uri(server.Address, "/v1/openapi.json"));
    }

    private static async Task<string> HeadAsync(Socket socket)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!Encoding.ASCII.GetString([.. head]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await ReadAsync(socket, one);
            head.Add(one[0]);
        }

        return Encoding.ASCII.GetString([.. head]);
    }

    private static async Task ReadAsync(Socket socket, Memory<byte> into)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!into.IsEmpty)
        {
            var received = await socket.ReceiveAsync(into, patience.Token);
            if (received == 0)
            {
                throw new EndOfStreamException("The socket ended.");
            }

            into = into[received..];
        }
    }
}
