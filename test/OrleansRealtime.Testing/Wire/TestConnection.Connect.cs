using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Xunit.Sdk;

namespace OrleansRealtime.Testing.Wire;

/// <content>The handshake.</content>
public sealed partial class TestConnection
{
    /// <summary>Connects and expects to be accepted.</summary>
    /// <param name="server">E.g. <c>http://127.0.0.1:5000</c>; any certificate is accepted for <c>https</c>.</param>
    /// <param name="options">How to connect.</param>
    public static async Task<TestConnection> ConnectAsync(Uri server, TestConnectionOptions? options = null)
    {
        options ??= new TestConnectionOptions();
        var (stream, response) = await ShakeHandsAsync(server, options);
        if (response.Status != 101)
        {
            await stream.DisposeAsync();
            throw new XunitException($"The handshake was refused with {response.Status}: {response.Body}");
        }

        return new TestConnection(stream, options, response);
    }

    /// <summary>Shakes hands over a stream that exists, e.g. one end of a <see cref="DuplexStream"/> pair.</summary>
    public static async Task<TestConnection> ConnectAsync(Stream stream, TestConnectionOptions? options = null)
    {
        options ??= new TestConnectionOptions();
        return new TestConnection(stream, options, await ShakeHandsAsync(stream, "localhost", options));
    }

    /// <summary>Speaks WebSocket over a stream whose handshake is done or not needed.</summary>
    public static TestConnection Over(Stream stream, TestConnectionOptions? options = null) =>
        new(stream, options ?? new TestConnectionOptions(), new HandshakeResponse(101, new Dictionary<string, string>(), ""));

    /// <summary>Shakes hands and returns the answer, whatever it is.</summary>
    public static async Task<HandshakeResponse> TryHandshakeAsync(Uri server, TestConnectionOptions? options = null)
    {
        var (stream, response) = await ShakeHandsAsync(server, options ?? new TestConnectionOptions());
        await stream.DisposeAsync();
        return response;
    }

    private static async Task<(Stream Stream, HandshakeResponse Response)> ShakeHandsAsync(
        Uri server, TestConnectionOptions options)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (options.ReceiveBufferBytes is { } bytes)
        {
            // Before connecting, because the window is negotiated with the first packet.
            socket.ReceiveBufferSize = bytes;
        }

        using var patience = new CancellationTokenSource(options.Patience);
        await socket.ConnectAsync(server.Host, server.Port, patience.Token);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (server.Scheme is "https" or "wss")
        {
#pragma warning disable CA5359 // A test server's certificate is its own.
            var tls = new SslStream(stream, false, static (_, _, _, _) => true);
#pragma warning restore CA5359
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = server.Host }, patience.Token);
            stream = tls;
        }

        return (stream, await ShakeHandsAsync(stream, server.Authority, options));
    }

    private static async Task<HandshakeResponse> ShakeHandsAsync(Stream stream, string host, TestConnectionOptions options)
    {
        using var patience = new CancellationTokenSource(options.Patience);
        var subprotocols = options.Subprotocols ?? [options.Codec.Subprotocol];
        var request = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"GET {options.Path} HTTP/1.1\r\nHost: {host}\r\n")
            .Append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
            .Append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        if (subprotocols.Count > 0)
        {
            request.Append(CultureInfo.InvariantCulture, $"Sec-WebSocket-Protocol: {string.Join(", ", subprotocols)}\r\n");
        }

        foreach (var (name, value) in options.Headers)
        {
            request.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.Append("\r\n").ToString()), patience.Token);
        await stream.FlushAsync(patience.Token);
        return await ReadResponseAsync(stream, patience.Token);
    }

    private static async Task<HandshakeResponse> ReadResponseAsync(Stream stream, CancellationToken cancellationToken)
    {
        var lines = (await ReadHeadAsync(stream, cancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
        {
            throw new XunitException("The server ended the connection during the handshake.");
        }

        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = lines.Skip(1)
            .Select(static line => line.Split(": ", 2))
            .GroupBy(static pair => pair[0], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(
                static group => group.Key,
                static group => string.Join(", ", group.Select(static pair => pair.Length > 1 ? pair[1] : "")),
                StringComparer.OrdinalIgnoreCase);
        var body = status == 101 ? "" : await ReadBodyAsync(stream, headers, cancellationToken);
        return new HandshakeResponse(status, headers, body);
    }

    // Byte by byte, so that not one byte of the first frame is swallowed.
    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!EndsHead(head) && await stream.ReadAsync(one, cancellationToken) == 1)
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static bool EndsHead(StringBuilder head) =>
        head.Length >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';

    private static async Task<string> ReadBodyAsync(
        Stream stream, Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        if (headers.TryGetValue("Content-Length", out var length))
        {
            var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body, cancellationToken);
            return Encoding.UTF8.GetString(body);
        }

        if (!headers.ContainsKey("Transfer-Encoding"))
        {
            return "";
        }

        var chunks = new StringBuilder();
        var one = new byte[1];
        while (!chunks.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal)
            && await stream.ReadAsync(one, cancellationToken) == 1)
        {
            chunks.Append((char)one[0]);
        }

        return chunks.ToString();
    }
}
