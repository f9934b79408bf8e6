using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>What a connection does with what its WebSocket brings, whoever reads it.</summary>
internal static class WebSocketInbound
{
    private const int FirstOfOurs = 3000;

    /// <summary>Has one message carried out. Completes when the next may be taken; its payload is not kept after that.</summary>
    /// <param name="connection">Whose it is.</param>
    /// <param name="message">The message.</param>
    /// <param name="ended">Not null when it is the last one that counts, by a close, a fault or the end: why.</param>
    public static ValueTask TakeAsync(Connection connection, in WebSocketMessage message, out CloseReason? ended)
    {
        ended = null;
        switch (message.Kind)
        {
            case WebSocketMessageKind.Text or WebSocketMessageKind.Binary:
                return connection.OnMessageAsync(message.Payload);
            case WebSocketMessageKind.Ping:
                connection.OnHeard();
                connection.Send(WebSocketFormat.EncodePong(message.Payload));
                break;
            case WebSocketMessageKind.Pong:
                connection.OnHeard();
                break;
            case WebSocketMessageKind.Close:
                ended = SaidByClient(message.Reason!);
                connection.Close(ended);
                break;
            case WebSocketMessageKind.Fault:
                ended = message.Reason!;
                connection.Close(ended);
                break;
            default:
                ended = CloseReason.GoingAway;
                break;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// What a client's close counts as: the codes from 3000 up are this server's to give, e.g. for abuse, and its words are for
    /// no log.
    /// </summary>
    private static CloseReason SaidByClient(CloseReason reason) =>
        new(reason.Code < FirstOfOurs ? reason.Code : CloseReason.Normal.Code, "closed by the client");
}
