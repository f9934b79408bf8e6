using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;
using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Transports;

/// <summary>A link over one WebSocket: a loop writes what is queued, and the reader puts messages together.</summary>
internal sealed class WebSocketLink : ILink
{
    // A history answer of 1000 publications of 64 KiB each in base64, and some room: nothing legitimate is longer.
    private const int MaxMessageBytes = 96 * 1024 * 1024;
    private const int PieceBytes = 8 * 1024;

    private readonly ClientWebSocket _socket;
    private readonly IFrameCodec _codec;
    private readonly Channel<IReadOnlyList<ClientCommand>> _queue = Channel.CreateUnbounded<IReadOnlyList<ClientCommand>>(
        new UnboundedChannelOptions { SingleReader = true });
    private readonly ArrayBufferWriter<byte> _incoming = new(PieceBytes);
    private readonly Task _writing;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LinkEnd? _end;

    public WebSocketLink(ClientWebSocket socket, IFrameCodec codec)
    {
        _socket = socket;
        _codec = codec;
        _writing = WriteAsync();
    }

    /// <inheritdoc/>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public LinkEnd End => _end ?? LinkEnd.Lost("the connection ended without a close frame");

    /// <inheritdoc/>
    // The queue is unbounded because what the client holds is bounded before it is sent: subscriptions, requests, publishes.
    public void Send(params IReadOnlyList<ClientCommand> commands) => _queue.Writer.TryWrite(commands);

    /// <inheritdoc/>
    public async ValueTask<ServerFrame?> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReceiveMessageAsync(cancellationToken).ConfigureAwait(false))
            {
                // Frames of a type that is not known here are for later clients.
                if (_codec.TryReadFrame(new ReadOnlySequence<byte>(_incoming.WrittenMemory), out var frame))
                {
                    return frame;
                }
            }
        }
        catch (Exception exception) when (IsEndOfSocket(exception) && !cancellationToken.IsCancellationRequested)
        {
            SetEnd(LinkEnd.Lost(exception.Message));
        }

        _ended.TrySetResult();
        return null;
    }

    /// <inheritdoc/>
    public void Abort(LinkEnd end)
    {
        SetEnd(end);
        _socket.Abort();
    }

    /// <inheritdoc/>
    public async Task CloseAsync(LinkEnd end, CancellationToken cancellationToken)
    {
        SetEnd(end);
        _queue.Writer.TryComplete();
        try
        {
            await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsEndOfSocket(exception))
        {
            // Who cannot say good-bye leaves without.
            _socket.Abort();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _socket.Abort();
        _ended.TrySetResult();
        await _writing.ConfigureAwait(false);
        _socket.Dispose();
    }

    // An aborted socket throws what its operation of the moment happens to throw.
    private static bool IsEndOfSocket(Exception exception) =>
        exception is WebSocketException or OperationCanceledException or InvalidOperationException or IOException;

    private void SetEnd(LinkEnd end) => Interlocked.CompareExchange(ref _end, end, null);

    private async ValueTask<bool> ReceiveMessageAsync(CancellationToken cancellationToken)
    {
        _incoming.ResetWrittenCount();
        while (true)
        {
            var piece = await _socket.ReceiveAsync(_incoming.GetMemory(PieceBytes), cancellationToken).ConfigureAwait(false);
            if (piece.MessageType == WebSocketMessageType.Close)
            {
                SetEnd(LinkEnd.Closed((int?)_socket.CloseStatus ?? 1005, _socket.CloseStatusDescription ?? ""));
                await AnswerCloseAsync(cancellationToken).ConfigureAwait(false);
                return false;
            }

            _incoming.Advance(piece.Count);
            if (piece.EndOfMessage)
            {
                return true;
            }

            if (_incoming.WrittenCount > MaxMessageBytes)
            {
                Abort(LinkEnd.Closed(1009, $"the server sent a message of more than {MaxMessageBytes} bytes"));
                return false;
            }
        }
    }

    private async Task AnswerCloseAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
        if (_socket.State == WebSocketState.CloseReceived)
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync()
    {
        var output = new ArrayBufferWriter<byte>(1024);
        var type = _codec.IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
        try
        {
            await foreach (var commands in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                foreach (var command in commands)
                {
                    output.ResetWrittenCount();
                    _codec.WriteCommand(command, output);
                    await _socket.SendAsync(output.WrittenMemory, type, true, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (IsEndOfSocket(exception))
        {
            // The reader learns the same, and says so.
            _socket.Abort();
        }
    }
}
