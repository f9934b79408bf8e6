using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using OrleansRealtime.Edge.Http;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>
/// Checks and accepts WebSocket handshakes: the upgrade of HTTP/1.1 (RFC 6455, section 4.2) and the extended CONNECT of
/// HTTP/2 (RFC 8441). The only extension that is ever negotiated is permessage-deflate (<see cref="DeflateNegotiation"/>).
/// </summary>
internal static class WebSocketHandshake
{
    private const string WebSocket = "websocket";
    private const string SupportedVersion = "13";
    private const int KeyBytes = 16;

    // RFC 6455, section 1.3.
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Checks a request. Nothing is written to the response.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isCompressionOn">Whether compression may be negotiated.</param>
    public static WebSocketHandshakeOutcome Read(HttpContext context, bool isCompressionOn)
    {
        var isExtendedConnect = ExtendedConnect(context) is not null;
        var refusal = isExtendedConnect ? CheckVersion(context.Request) : CheckUpgrade(context);
        if (refusal is not null)
        {
            return new WebSocketHandshakeOutcome(refusal, null);
        }

        var offered = context.Request.Headers.GetCommaSeparatedValues(HeaderNames.SecWebSocketProtocol);
        var extensions = isCompressionOn ? context.Request.Headers.SecWebSocketExtensions.ToString() : "";
        return ReadSubprotocols(offered, isExtendedConnect, DeflateNegotiation.Choose(extensions));
    }

    /// <summary>Answers a refused handshake: status, the headers that go with it, and the reason as a problem.</summary>
    public static Task RefuseAsync(HttpContext context, WebSocketRefusal refusal)
    {
        var response = context.Response;
        if (refusal.StatusCode == StatusCodes.Status426UpgradeRequired)
        {
            response.Headers.SecWebSocketVersion = SupportedVersion;
            if (context.Request.Protocol == HttpProtocol.Http11)
            {
                // RFC 9110, section 15.5.22: a 426 must say to what. HTTP/2 forbids both fields.
                response.Headers.Upgrade = WebSocket;
                response.Headers.Connection = HeaderNames.Upgrade;
            }
        }

        return Problem.WriteAsync(
            context, new HttpRefusal(refusal.StatusCode, new RealtimeError(RealtimeErrorCode.BadRequest, refusal.Detail)));
    }

    /// <summary>Accepts a handshake that <see cref="Read"/> found valid, and lifts the limits meant for short requests.</summary>
    /// <returns>The bytes of both directions. It ends when the request delegate returns.</returns>
    public static async ValueTask<Stream> AcceptAsync(HttpContext context, WebSocketOffer offer)
    {
        LiftLimits(context);
        var headers = context.Response.Headers;
        if (offer.IsEncodingOffered)
        {
            headers.SecWebSocketProtocol = offer.Encoding;
        }

        if (offer.Compression is { } compression)
        {
            headers.SecWebSocketExtensions = compression;
        }

        if (offer.IsExtendedConnect)
        {
            return await ExtendedConnect(context)!.AcceptAsync();
        }

        headers.Connection = HeaderNames.Upgrade;
        headers.Upgrade = WebSocket;
        headers.SecWebSocketAccept = AcceptValue(context.Request.Headers.SecWebSocketKey.ToString());
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    /// <summary>The bytes that accept a handshake of HTTP/1.1 which <see cref="Read"/> found valid.</summary>
    public static byte[] AcceptBytes(HttpRequest request, WebSocketOffer offer) =>
        Encoding.ASCII.GetBytes(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
            + AcceptValue(request.Headers.SecWebSocketKey.ToString())
            + (offer.IsEncodingOffered ? "\r\nSec-WebSocket-Protocol: " + offer.Encoding : "")
            + (offer.Compression is null ? "" : "\r\nSec-WebSocket-Extensions: " + offer.Compression)
            + "\r\n\r\n");

    /// <summary>The value of <c>Sec-WebSocket-Accept</c> that answers a key.</summary>
    public static string AcceptValue(string key)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The protocol prescribes SHA-1; nothing secret depends on it.
        SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix), hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }

    private static IHttpExtendedConnectFeature? ExtendedConnect(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } feature
        && string.Equals(feature.Protocol, WebSocket, StringComparison.OrdinalIgnoreCase)
            ? feature
            : null;

    private static WebSocketRefusal? CheckUpgrade(HttpContext context)
    {
        var request = context.Request;
        var isUpgrade = HttpMethods.IsGet(request.Method)
            && HasToken(request.Headers, HeaderNames.Connection, HeaderNames.Upgrade)
            && HasToken(request.Headers, HeaderNames.Upgrade, WebSocket)
            && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };
        if (!isUpgrade)
        {
            return new WebSocketRefusal(
                StatusCodes.Status426UpgradeRequired, "This address is for WebSocket connections only.");
        }

        if (CheckVersion(request) is { } refusal)
        {
            return refusal;
        }

        return IsKey(request.Headers.SecWebSocketKey)
            ? null
            : new WebSocketRefusal(
                StatusCodes.Status400BadRequest, $"Sec-WebSocket-Key must be {KeyBytes} bytes in base64.");
    }

    private static WebSocketRefusal? CheckVersion(HttpRequest request) =>
        request.Headers.SecWebSocketVersion is [SupportedVersion]
            ? null
            : new WebSocketRefusal(
                StatusCodes.Status426UpgradeRequired, $"Sec-WebSocket-Version must be {SupportedVersion}.");

    private static bool HasToken(IHeaderDictionary headers, string name, string token) =>
        headers.GetCommaSeparatedValues(name).Contains(token, StringComparer.OrdinalIgnoreCase);

    private static bool IsKey(Microsoft.Extensions.Primitives.StringValues values) =>
        values is [{ } key] && Base64.IsValid(key, out var decodedLength) && decodedLength == KeyBytes;

    private static WebSocketHandshakeOutcome ReadSubprotocols(
        string[] offered, bool isExtendedConnect, string? compression)
    {
        string? encoding = null;
        string? token = null;
        var hasOther = false;
        foreach (var name in offered)
        {
            if (name.StartsWith(ProtocolVersion.BearerSubprotocolPrefix, StringComparison.Ordinal))
            {
                token ??= name[ProtocolVersion.BearerSubprotocolPrefix.Length..];
            }
            else if (name is ProtocolVersion.JsonSubprotocol or ProtocolVersion.ProtobufSubprotocol)
            {
                encoding ??= name;
            }
            else
            {
                hasOther = true;
            }
        }

        if (encoding is null && hasOther)
        {
            return new WebSocketHandshakeOutcome(
                new WebSocketRefusal(
                    StatusCodes.Status400BadRequest,
                    $"None of the subprotocols is spoken here; offer {ProtocolVersion.JsonSubprotocol} or {ProtocolVersion.ProtobufSubprotocol}."),
                null);
        }

        var offer = new WebSocketOffer(
            isExtendedConnect, encoding ?? ProtocolVersion.JsonSubprotocol, encoding is not null, token, compression);
        return new WebSocketHandshakeOutcome(null, offer);
    }

    private static void LiftLimits(HttpContext context)
    {
        var features = context.Features;
        features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();

        // A client that reads or writes a byte a minute is for the heartbeat and the slow-reader policy to judge.
        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requestRate)
        {
            requestRate.MinDataRate = null;
        }

        if (features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
        {
            responseRate.MinDataRate = null;
        }

        // Over HTTP/2 all that the client ever sends counts as one request body.
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bodySize)
        {
            bodySize.MaxRequestBodySize = null;
        }
    }
}
