using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Tests.Fakes;

/// <summary>The server's side of one WebSocket: a test reads what the client sends, and answers.</summary>
internal sealed class FakeConnection
{
    private readonly Channel<byte[]> _messages = Channel.CreateUnbounded<byte[]>();
    private readonly WebSocket _socket;
    private readonly Socket _transport;
    private readonly TaskCompletionSource<int?> _closedByClient = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IFrameCodec _codec;
    private bool _endedHere;

    public FakeConnection(WebSocket socket, Socket transport)
    {
        _socket = socket;
        _transport = transport;
        _codec = FrameCodecs.TryGet(socket.SubProtocol!, out var codec) ? codec : FrameCodecs.Default;
    }

    /// <summary>Completes with what the client closed with; null when it just went away.</summary>
    public Task<int?> ClosedByClient => _closedByClient.Task;

    /// <summary>Reads until the connection ends. Both callbacks see things in the order in which they come.</summary>
    public async Task ReadAsync(Action<string>? onMessage = null, Action? onClosed = null)
    {
        var output = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var piece = await _socket.ReceiveAsync(output.GetMemory(4096), CancellationToken.None);
                if (piece.MessageType == WebSocketMessageType.Close)
                {
                    End((int?)_socket.CloseStatus, onClosed);
                    if (_socket.State == WebSocketState.CloseReceived)
                    {
                        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    }

                    // The server closes the transport first (RFC 6455, section 7.1.1); clients wait for it.
                    _transport.Shutdown(SocketShutdown.Send);
                    return;
                }

                output.Advance(piece.Count);
                if (piece.EndOfMessage)
                {
                    var message = output.WrittenSpan.ToArray();
                    output.Clear();
                    onMessage?.Invoke(Encoding.UTF8.GetString(message));
                    _messages.Writer.TryWrite(message);
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or SocketException or ObjectDisposedException)
        {
            End(null, onClosed);
        }
    }

    /// <summary>The next command of the client; <see cref="ReadAsync"/> must run.</summary>
    public async Task<T> NextAsync<T>()
        where T : ClientCommand
    {
        var message = await _messages.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(_codec.TryReadCommand(new ReadOnlySequence<byte>(message), out var command, out _));
        return Assert.IsType<T>(command);
    }

    public Task SendTextAsync(string json) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, CancellationToken.None);

    public Task SendAsync(ServerFrame frame)
    {
        var output = new ArrayBufferWriter<byte>();
        _codec.WriteFrame(frame, output);
        return _socket.SendAsync(
            output.WrittenMemory.ToArray(), _codec.IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text, true, CancellationToken.None);
    }

    /// <summary>Accepts the auth that comes first, and acknowledges it.</summary>
    public async Task<AuthCommand> WelcomeAsync(string session = "s-1", TimeSpan? heartbeat = null)
    {
        var auth = await NextAsync<AuthCommand>();
        await SendAsync(new AuthAckFrame(
            auth.Id, 1, UserId.Parse("alice"), new SessionId(session), false, new EdgeId("edge-1"), heartbeat ?? TimeSpan.FromSeconds(25),
            null, new ConnectionLimits(128 * 1024, 200), DateTimeOffset.UnixEpoch));
        return auth;
    }

    /// <summary>Ends the connection: 1006 resets it, 1005 closes it without a code.</summary>
    public async Task EndAsync(int code)
    {
        _endedHere = true;
        if (code == 1006)
        {
            _transport.Close(timeout: 0);
        }
        else
        {
            await _socket.CloseOutputAsync((WebSocketCloseStatus)code, code == 1005 ? null : "fake", CancellationToken.None);
        }
    }

    private void End(int? code, Action? onClosed)
    {
        _messages.Writer.TryComplete();
        if (_closedByClient.TrySetResult(code) && !_endedHere)
        {
            onClosed?.Invoke();
        }
    }
}
