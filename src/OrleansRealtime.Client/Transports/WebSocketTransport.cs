using System.Globalization;
using System.Net.WebSockets;
using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Transports;

/// <summary>Links over WebSockets (RFC 6455).</summary>
internal sealed class WebSocketTransport(Uri address, IFrameCodec codec, HttpMessageInvoker? http, TimeProvider time) : ITransport
{
    private readonly Uri _address = ServerAddress.WebSocket(address);

    /// <inheritdoc/>
    public async Task<ILink> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(codec.Subprotocol);
        socket.Options.CollectHttpResponseDetails = true;

        // The server pings; the client asks by itself when it hears nothing (Liveness).
        socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        try
        {
            await socket.ConnectAsync(_address, http, cancellationToken).ConfigureAwait(false);
            return new WebSocketLink(socket, codec);
        }
        catch (WebSocketException exception)
        {
            var end = EndOf(socket, exception);
            socket.Dispose();
            throw new LinkException(end, exception);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    private LinkEnd EndOf(ClientWebSocket socket, WebSocketException exception)
    {
        // No answer, or one that the socket did not like although the server agreed, as of a proxy that does not know WebSockets.
        var status = (int)socket.HttpStatusCode;
        return status is 0 or 101 or 200
            ? LinkEnd.Lost(exception.Message)
            : LinkEnd.Refused(status, $"the handshake was answered with HTTP {status}", RetryAfterOf(socket));
    }

    private TimeSpan? RetryAfterOf(ClientWebSocket socket)
    {
        if (socket.HttpResponseHeaders is not { } headers || !headers.TryGetValue("Retry-After", out var values))
        {
            return null;
        }

        return RetryAfter.TryRead(values.FirstOrDefault(), time.GetUtcNow());
    }
}

/// <summary>The header Retry-After (RFC 9110, section 10.2.3). Pure.</summary>
internal static class RetryAfter
{
    public static TimeSpan? TryRead(string? text, DateTimeOffset now)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? (date > now ? date - now : TimeSpan.Zero)
            : null;
    }
}
