using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Reads one WebSocket until it ends: hands messages to the connection, answers pings, and does the closing handshake.</summary>
internal sealed class WebSocketReadLoop
{
    // RFC 6455 leaves the time open; long enough for a slow link, short enough that a dead peer holds nothing for long.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private readonly Connection _connection;
    private readonly WebSocketTransport _transport;
    private readonly WebSocketMessageReader _reader;
    private readonly TimeProvider _clock;
    private bool _hasPeerClosed;

    /// <summary>Creates the loop of one connection.</summary>
    public WebSocketReadLoop(
        Connection connection, WebSocketTransport transport, WebSocketMessageReader reader, TimeProvider clock)
    {
        _connection = connection;
        _transport = transport;
        _reader = reader;
        _clock = clock;
    }

    /// <summary>Runs until the WebSocket is over. Returns why, as far as the peer decided it.</summary>
    public async Task<CloseReason> RunAsync()
    {
        var reason = CloseReason.GoingAway;
        try
        {
            reason = await ReadAsync();
        }
        catch (OperationCanceledException) when (_transport.Aborted.IsCancellationRequested)
        {
            // This side ended it, and the connection knows why.
        }

        if (_connection.IsClosed && !_transport.Aborted.IsCancellationRequested)
        {
            await LingerAsync();
        }

        return reason;
    }

    private async Task<CloseReason> ReadAsync()
    {
        while (true)
        {
            var message = await _reader.ReadAsync(_transport.Aborted);
            await WebSocketInbound.TakeAsync(_connection, message, out var ended);
            if (ended is not null)
            {
                _hasPeerClosed = message.Kind == WebSocketMessageKind.Close;
                return ended;
            }
        }
    }

    /// <summary>
    /// Lets the close frame out, and what the peer still sends in, but not for ever. Who has sent its own close frame sends no
    /// more, and waits for the server to end the stream first (RFC 6455, section 7.1.1).
    /// </summary>
    private async Task LingerAsync()
    {
        using var patience = new CancellationTokenSource(ClosePatience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _transport.Aborted);
        try
        {
            await _transport.Completed.WaitAsync(either.Token);
            if (!_hasPeerClosed)
            {
                await _reader.DrainAsync(either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The peer had its time.
        }
    }
}
