using Microsoft.AspNetCore.Http;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Http;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Serves <c>/v1/ws</c>: handshake, connection, read loop. One request is one connection.</summary>
internal sealed class WebSocketEndpoint
{
    private readonly EdgeNode _node;
    private readonly IHandshakeGate _gate;
    private readonly WebSocketFormats _formats;

    /// <summary>Creates the endpoint of a node.</summary>
    public WebSocketEndpoint(EdgeNode node, IHandshakeGate gate)
    {
        _node = node;
        _gate = gate;
        _formats = new WebSocketFormats(node.Options);
    }

    /// <summary>Serves one request until its connection ends.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var outcome = WebSocketHandshake.Read(context, _node.Options.Compression);
        if (outcome.Offer is not { } offer)
        {
            await WebSocketHandshake.RefuseAsync(context, outcome.Refusal!);
            return;
        }

        if (_formats.Find(offer) is not { } format)
        {
            await WebSocketHandshake.RefuseAsync(
                context,
                new WebSocketRefusal(
                    StatusCodes.Status400BadRequest, $"The subprotocol '{offer.Encoding}' is not spoken by this server."));
            return;
        }

        var session = HttpArguments.Session(context.Request.Query["session"]);
        if (await _gate.AdmitAsync(context, offer.BearerToken) is { } admission)
        {
            await ServeAsync(context, offer, format, admission, session);
        }
    }

    private async Task ServeAsync(
        HttpContext context, WebSocketOffer offer, WebSocketFormat format, HandshakeAdmission admission, SessionId? session)
    {
        Stream stream;
        try
        {
            stream = await WebSocketHandshake.AcceptAsync(context, offer);
        }
        catch
        {
            admission.Guard.OnEnded(CloseReason.GoingAway);
            throw;
        }

        using var transport = new WebSocketTransport(stream, format, context.Abort);
        using var reader = new WebSocketMessageReader(
            WebSocketMessageReader.CreateInput(stream), format.Codec.IsBinary, _node.Options.MaxMessageBytes, format.IsCompressed);
        var connection = _node.Open(transport, admission.Guard);
        var reason = CloseReason.ServerFault;
        try
        {
            await connection.StartAsync(admission.Identity, session);
            reason = await new WebSocketReadLoop(connection, transport, reader, _node.Clock).RunAsync();
        }
        catch (Exception exception)
        {
            // The connection boundary: a bug in reading costs this connection.
            _node.Log.ConnectionFailed(connection.Id.Value, exception);
            connection.Close(CloseReason.ServerFault);
            transport.Abort();
        }
        finally
        {
            connection.OnEnded(reason);
        }
    }
}
