using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace OrleansRealtime.Client.Tests.Fakes;

/// <summary>A server that does what a test says, frame by frame, on real sockets. Each attempt to connect waits for the test.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<FakeAttempt> _attempts = Channel.CreateUnbounded<FakeAttempt>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public FakeServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Called for each attempt before the test sees it; sees them in the order in which the client makes them.</summary>
    public Action<FakeAttempt>? Attempted { get; set; }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The next attempt to connect, whose request was read and not answered.</summary>
    public async Task<FakeAttempt> NextAsync() => await _attempts.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>The next attempt, accepted.</summary>
    public async Task<FakeConnection> AcceptNextAsync() => await (await NextAsync()).AcceptAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                var stream = new NetworkStream(socket, ownsSocket: true);
                if (await ReadHeadAsync(stream) is { } head)
                {
                    var attempt = new FakeAttempt(stream, head);
                    Attempted?.Invoke(attempt);
                    _attempts.Writer.TryWrite(attempt);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private static async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var piece = new byte[1];
        try
        {
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                if (await stream.ReadAsync(piece) == 0)
                {
                    return null;
                }

                head.Append((char)piece[0]);
            }
        }
        catch (IOException)
        {
            return null;
        }

        return head.ToString();
    }
}

/// <summary>An attempt to connect, for the test to accept or to refuse.</summary>
internal sealed class FakeAttempt(NetworkStream stream, string head)
{
    public string RequestLine => head[..head.IndexOf('\r', StringComparison.Ordinal)];

    public string? Header(string name) =>
        head.Split("\r\n").Skip(1).Select(static line => line.Split(':', 2))
            .Where(parts => parts.Length == 2 && parts[0].Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(static parts => parts[1].Trim()).FirstOrDefault();

    /// <summary>Goes away without an answer.</summary>
    public void Break() => stream.Socket.Close(timeout: 0);

    /// <summary>Answers with an HTTP status.</summary>
    public async Task AnswerAsync(int status, string headers = "", string body = "")
    {
        await WriteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} Fake\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"));
        stream.Socket.Close(timeout: 1);
    }

    /// <summary>Begins an answer without an end, for event streams.</summary>
    public async Task<NetworkStream> StreamAsync()
    {
        await WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
        return stream;
    }

    public async Task<FakeConnection> AcceptAsync()
    {
        var key = Header("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key)));
#pragma warning restore CA5350
        var protocol = Header("Sec-WebSocket-Protocol");
        await WriteAsync(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n");
        var options = new WebSocketCreationOptions { IsServer = true, SubProtocol = protocol, KeepAliveInterval = TimeSpan.Zero };
        return new FakeConnection(WebSocket.CreateFromStream(stream, options), stream.Socket);
    }

    private async Task WriteAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
}
