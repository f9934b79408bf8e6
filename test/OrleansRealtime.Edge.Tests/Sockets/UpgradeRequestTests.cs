using System.Text;
using OrleansRealtime.Edge.Sockets;

namespace OrleansRealtime.Edge.Tests.Sockets;

public sealed class UpgradeRequestTests
{
    private const string Plain =
        "GET /v1/ws?session=s HTTP/1.1\r\nHost: localhost:80\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

    [Fact]
    public void Handshake_PlainAndWhole_IsRead()
    {
        var request = UpgradeRequest.TryRead(Encoding.ASCII.GetBytes(Plain + "more"))!;

        Assert.Equal((Plain.Length, "/v1/ws", "?session=s"), (request.Length, request.Path, request.Query));
        Assert.Equal("websocket", request.Headers["upgrade"]);
        Assert.Equal("keep-alive, Upgrade", request.Headers["CONNECTION"]);
    }

    [Fact]
    public void Header_StatedTwice_HasBothValues()
    {
        var twice = Plain.Replace("\r\n\r\n", "\r\nX-Of: a\r\nx-of:  b \r\n\r\n", StringComparison.Ordinal);

        Assert.Equal("a,b", UpgradeRequest.TryRead(Encoding.ASCII.GetBytes(twice))!.Headers["X-Of"].ToString());
    }

    [Theory]
    [InlineData("GET /v1", "POST /v1")]
    [InlineData("GET /v1", "GET  /v1")]
    [InlineData("GET /v1", "get /v1")]
    [InlineData("GET /v1", "GET http://h/v1")]
    [InlineData("/v1/ws", "/v1/%77s")]
    [InlineData("/v1/ws", "/v1/\u00e9")]
    [InlineData("/v1/ws", "/v1/ws#part")]
    [InlineData("HTTP/1.1", "HTTP/1.0")]
    [InlineData("HTTP/1.1", "HTTP/2")]
    [InlineData("Host: localhost:80\r\n", "")]
    [InlineData("Host: localhost:80\r\n", "Host: a\r\nHost: b\r\n")]
    [InlineData("Host: ", "Host : ")]
    [InlineData("Host: localhost:80", "Host: localhost\0")]
    [InlineData("Host: localhost:80", "Host: localhost\u00ff")]
    [InlineData("Upgrade: websocket", " Upgrade: websocket")]
    [InlineData("Upgrade: websocket", "Upgrade websocket")]
    [InlineData("Upgrade: websocket", "Upgrade: websocket\n")]
    [InlineData("Sec-WebSocket-Key: ", "Content-Length: 1\r\nSec-WebSocket-Key: ")]
    [InlineData("Sec-WebSocket-Key: ", "Content-Length: few\r\nSec-WebSocket-Key: ")]
    [InlineData("Sec-WebSocket-Key: ", "Content-Length: 1, 1\r\nSec-WebSocket-Key: ")]
    [InlineData("Host: localhost:80", "Host: local host")]
    [InlineData("Host: localhost:80", "Host: a/b@c")]
    [InlineData("Host: localhost:80", "Host:")]
    [InlineData("Sec-WebSocket-Key: ", "Transfer-Encoding: chunked\r\nSec-WebSocket-Key: ")]
    [InlineData("Sec-WebSocket-Key: ", "Expect: 100-continue\r\nSec-WebSocket-Key: ")]
    [InlineData("Sec-WebSocket-Key: ", "Sec-WebSocket-Key: x\r\nSec-WebSocket-Key: ")]
    public void Request_UnusualOrWrong_IsLeftToKestrel(string part, string instead) =>
        Assert.Null(UpgradeRequest.TryRead(Encoding.Latin1.GetBytes(Plain.Replace(part, instead, StringComparison.Ordinal))));

    [Fact]
    public void Request_CutAnywhere_IsLeftToKestrel()
    {
        var bytes = Encoding.ASCII.GetBytes(Plain);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(UpgradeRequest.TryRead(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Request_WithAnyByteChanged_IsReadOrLeft_NeverAFault()
    {
        var bytes = Encoding.ASCII.GetBytes(Plain);
        for (var i = 0; i < bytes.Length; i++)
        {
            var original = bytes[i];
            for (var value = 0; value < 256; value++)
            {
                bytes[i] = (byte)value;
                _ = UpgradeRequest.TryRead(bytes);
            }

            bytes[i] = original;
        }
    }

    [Fact]
    public void Request_LongerThanKestrelMayAllow_IsLeftToKestrel() =>
        Assert.Null(UpgradeRequest.TryRead(Encoding.ASCII.GetBytes(
            Plain.Replace("Host: ", $"X-Long: {new string('x', 9000)}\r\nHost: ", StringComparison.Ordinal))));

    [Fact]
    public void Request_WithTooManyHeaders_IsLeftToKestrel()
    {
        var many = string.Concat(Enumerable.Range(0, 64).Select(static i => $"X-{i}: v\r\n"));

        Assert.Null(UpgradeRequest.TryRead(
            Encoding.ASCII.GetBytes(Plain.Replace("Host: ", many + "Host: ", StringComparison.Ordinal))));
    }
}
