using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Reads one WebSocket until it ends: hands messages to the connection, answers pings, and does the closing handshake.</summary>
internal sealed class WebSocketReadLoop
{
    // RFC 6455 leaves the time open; long enough for a slow link, short enough that a dead peer holds nothing for long.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private const int FirstOfOurs = 3000;

    private readonly Connection _connection;
    private readonly WebSocketTransport _transport;
    private readonly WebSocketMessageReader _reader;
    private readonly TimeProvider _clock;

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
            switch (message.Kind)
            {
                case WebSocketMessageKind.Text or WebSocketMessageKind.Binary:
                    await _connection.OnMessageAsync(message.Payload);
                    break;
                case WebSocketMessageKind.Ping:
                    _connection.OnHeard();
                    _connection.Send(WebSocketFormat.EncodePong(message.Payload));
                    break;
                case WebSocketMessageKind.Pong:
                    _connection.OnHeard();
                    break;
                case WebSocketMessageKind.Close:
                    var closed = SaidByClient(message.Reason!);
                    _connection.Close(closed);
                    return closed;
                case WebSocketMessageKind.Fault:
                    _connection.Close(message.Reason!);
                    return message.Reason!;
                default:
                    return CloseReason.GoingAway;
            }
        }
    }

    /// <summary>
    /// What a client's close counts as: the codes from 3000 up are this server's to give, e.g. for abuse, and its words are for
    /// no log.
    /// </summary>
    private static CloseReason SaidByClient(CloseReason reason) =>
        new(reason.Code < FirstOfOurs ? reason.Code : CloseReason.Normal.Code, "closed by the client");

    /// <summary>Lets the close frame out and the peer's answer in, but not for ever.</summary>
    private async Task LingerAsync()
    {
        using var patience = new CancellationTokenSource(ClosePatience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _transport.Aborted);
        try
        {
            await _transport.Completed.WaitAsync(either.Token);
            await _reader.DrainAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // The peer had its time.
        }
    }
}
