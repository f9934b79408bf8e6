using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansRealtime.Edge.WebSockets;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.WebSockets;

public sealed class WebSocketHandshakeTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    [Fact]
    public void AcceptValue_KeyOfTheRfc_IsTheAnswerOfTheRfc() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketHandshake.AcceptValue(Key));

    [Theory]
    [InlineData("Upgrade", "websocket")]
    [InlineData("keep-alive, Upgrade", "websocket")]
    [InlineData("upgrade", "WebSocket")]
    public async Task Upgrade_Valid_IsAccepted(string connection, string upgrade)
    {
        var response = await RequestAsync(
            $"Connection: {connection}", $"Upgrade: {upgrade}", $"Sec-WebSocket-Key: {Key}", "Sec-WebSocket-Version: 13");

        Assert.StartsWith("HTTP/1.1 101 ", response, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", response, StringComparison.Ordinal);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", response, StringComparison.Ordinal);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not base64 at all!!!!!!!", 400)]
    [InlineData("", 400)]
    [InlineData("AAAAAAAAAAAAAAAAAAAA", 400)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAA", 400)]
    [InlineData(Key, 101)]
    public async Task Upgrade_Key_MustBeSixteenBytes(string key, int status)
    {
        var response = await RequestAsync(
            "Connection: Upgrade", "Upgrade: websocket", $"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13");

        Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("12")]
    [InlineData("14")]
    [InlineData("13, 8")]
    [InlineData("")]
    public async Task Upgrade_OtherVersion_IsToldTheRightOne(string version)
    {
        var response = await RequestAsync(
            "Connection: Upgrade", "Upgrade: websocket", $"Sec-WebSocket-Key: {Key}", $"Sec-WebSocket-Version: {version}");

        Assert.StartsWith("HTTP/1.1 426 ", response, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Version: 13\r\n", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X: y", "X: z")]
    [InlineData("Connection: Upgrade", "Upgrade: h2c")]
    [InlineData("Connection: close", "Upgrade: websocket")]
    public async Task Upgrade_NotForWebSocket_IsRefused(string first, string second)
    {
        var response = await RequestAsync(first, second, $"Sec-WebSocket-Key: {Key}", "Sec-WebSocket-Version: 13");

        Assert.StartsWith("HTTP/1.1 426 ", response, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: websocket\r\n", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("realtime.v1.json", "realtime.v1.json")]
    [InlineData("realtime.v1.protobuf", "realtime.v1.protobuf")]
    [InlineData("bearer.a.b.c, realtime.v1.protobuf, realtime.v1.json", "realtime.v1.protobuf")]
    [InlineData("chat.v9, realtime.v1.json", "realtime.v1.json")]
    [InlineData("bearer.a.b.c", null)]
    public async Task Upgrade_Subprotocols_FirstKnownIsChosen(string offered, string? chosen)
    {
        var response = await RequestAsync(
            "Connection: Upgrade",
            "Upgrade: websocket",
            $"Sec-WebSocket-Key: {Key}",
            "Sec-WebSocket-Version: 13",
            $"Sec-WebSocket-Protocol: {offered}");

        Assert.StartsWith("HTTP/1.1 101 ", response, StringComparison.Ordinal);
        Assert.Equal(chosen, HeaderOf(response, "Sec-WebSocket-Protocol"));
    }

    [Fact]
    public async Task Upgrade_OnlyUnknownSubprotocols_IsRefused()
    {
        var response = await RequestAsync(
            "Connection: Upgrade",
            "Upgrade: websocket",
            $"Sec-WebSocket-Key: {Key}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: chat.v9, realtime.v2.json");

        Assert.StartsWith("HTTP/1.1 400 ", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upgrade_ThenMessages_ComeBack()
    {
        await using var server = await EchoServer.StartAsync();
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/"), CancellationToken.None);

        await AssertEchoesAsync(client);
    }

    [Fact]
    public async Task ExtendedConnect_ThenMessages_ComeBackBeyondTheLimitForBodies()
    {
        await using var server = await EchoServer.StartAsync(HttpProtocols.Http2);
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var client = new ClientWebSocket();
        client.Options.HttpVersion = HttpVersion.Version20;
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        client.Options.AddSubProtocol("realtime.v1.json");
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/"), invoker, CancellationToken.None);

        Assert.Equal("realtime.v1.json", client.SubProtocol);
        await AssertEchoesAsync(client);
    }

    private static async Task AssertEchoesAsync(ClientWebSocket client)
    {
        var received = new byte[50_000];
        foreach (var length in new[] { 0, 1, 125, 126, 50_000 })
        {
            var sent = Encoding.ASCII.GetBytes(new string('x', length));
            await client.SendAsync(sent, WebSocketMessageType.Text, true, CancellationToken.None);
            var count = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await client.ReceiveAsync(received.AsMemory(count), CancellationToken.None);
                count += result.Count;
            }
            while (!result.EndOfMessage);

            Assert.Equal(sent, received[..count]);
        }

        await client.CloseAsync((WebSocketCloseStatus)4000, "bye", CancellationToken.None);
        Assert.Equal((WebSocketCloseStatus)4000, client.CloseStatus);
    }

    // Sends a close frame right away, so that an accepted connection ends as a refused one does.
    private static async Task<string> RequestAsync(params string[] headers)
    {
        await using var server = await EchoServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port);
        var stream = client.GetStream();
        var request = $"GET / HTTP/1.1\r\nHost: localhost\r\n{string.Join("\r\n", headers)}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        var response = await ReadHeadAsync(stream);
        if (response.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
        {
            await stream.WriteAsync(ClientFrame.Close(1000).ToBytes());
        }

        return response;
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static string? HeaderOf(string response, string name) =>
        response.Split("\r\n")
            .Where(line => line.StartsWith(name + ": ", StringComparison.Ordinal))
            .Select(line => line[(name.Length + 2)..])
            .SingleOrDefault();
}
