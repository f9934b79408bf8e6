using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.EndToEnd.Tests.Serving;

public class SecureWebSocketTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Connect_WithACertificateOfAPrivateAuthority_Authenticates(string httpVersion)
    {
        using var authority = new TestAuthority();
        await using var app = await StartAsync(authority);
        using var client = authority.CreateClient();
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("realtime.v1.json");
        socket.Options.HttpVersion = Version.Parse(httpVersion);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        await socket.ConnectAsync(WebSocketAddress(app), client, limit.Token);
        var token = new JwtIssuer(Options(), TimeProvider.System)
            .Issue(new TokenRequest(UserId.Parse("alice"), TimeSpan.FromMinutes(1)));
        await socket.SendAsync(
            Encoding.UTF8.GetBytes($$$"""{"type":"auth","id":1,"payload":{"token":"{{{token}}}","v":1}}"""),
            WebSocketMessageType.Text,
            endOfMessage: true,
            limit.Token);
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, limit.Token);
        using var ack = JsonDocument.Parse(buffer.AsMemory(0, received.Count));

        Assert.Equal("auth_ack", ack.RootElement.GetProperty("type").GetString());
        Assert.Equal("alice", ack.RootElement.GetProperty("payload").GetProperty("user").GetString());
    }

    [Fact]
    public async Task Connect_WithoutTrustInTheAuthority_Fails()
    {
        using var authority = new TestAuthority();
        using var stranger = new TestAuthority();
        await using var app = await StartAsync(authority);
        using var client = stranger.CreateClient();
        using var socket = new ClientWebSocket();

        await Assert.ThrowsAsync<WebSocketException>(
            () => socket.ConnectAsync(WebSocketAddress(app), client, CancellationToken.None));
    }

    private static Task<ServedApp> StartAsync(TestAuthority authority) => ServedApp.StartAsync(
        "--Kestrel:Endpoints:Https:Url=https://127.0.0.1:0",
        $"--Kestrel:Endpoints:Https:Certificate:Path={authority.CertificateFile}",
        $"--Kestrel:Endpoints:Https:Certificate:KeyPath={authority.KeyFile}",
        // An endpoint that is not covered by the certificate is not wanted here.
        "--Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel=Error");

    private static Uri WebSocketAddress(ServedApp app) => new UriBuilder(app.Address) { Scheme = "wss", Path = "/v1/ws" }.Uri;

    private static AuthenticationOptions Options() =>
        new() { Keys = { new SigningKeyOptions { Id = "main", Algorithm = "HS256", Secret = ServedApp.Secret } } };
}
