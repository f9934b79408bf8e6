using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Http;
using OrleansRealtime.Edge.WebSockets;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>Decides handshakes that did not pass Kestrel by the same code as those that did. Safe for concurrent use.</summary>
internal sealed class DirectHandshake(
    EdgeNode node, IHandshakeGate gate, HttpBoundary boundary, IServiceProvider services, Action<HttpContext>? prepare)
{
    private readonly WebSocketFormats _formats = new(node.Options);
    private volatile string[] _paths = [];

    /// <summary>The node whose connections they become.</summary>
    public EdgeNode Node => node;

    /// <summary>Serves a path from now on.</summary>
    public void Serve(string path) => _paths = [.. _paths, path];

    /// <summary>Makes a valid handshake for one of the paths of the request at the beginning of <paramref name="bytes"/>; null: it is Kestrel's.</summary>
    public DirectRequest? TryRead(ReadOnlySpan<byte> bytes, IPEndPoint peer)
    {
        if (UpgradeRequest.TryRead(bytes) is not { } head || !_paths.Contains(head.Path, StringComparer.Ordinal))
        {
            return null;
        }

        var context = CreateContext(head, peer);
        return WebSocketHandshake.Read(context, node.Options.Compression).Offer is { } offer && _formats.Find(offer) is { } format
            ? new DirectRequest(context, head.Length, offer, format)
            : null;
    }

    /// <summary>Has the gate decide. Null when it refused, and wrote why to the response.</summary>
    public async ValueTask<DirectAdmission?> AdmitAsync(DirectRequest request)
    {
        DirectAdmission? admission = null;
        await boundary.RunAsync(request.Context, async context =>
        {
            var session = HttpArguments.Session(context.Request.Query["session"]);
            if (await gate.AdmitAsync(context, request.Offer.BearerToken) is { } admitted)
            {
                admission = new DirectAdmission(admitted, session);
            }
        }).ConfigureAwait(false);
        return admission;
    }

    /// <summary>The response of a refused request, ready to be sent as the last thing.</summary>
    public static byte[] RefusalBytes(HttpContext context)
    {
        var response = context.Response;
        var body = ((MemoryStream)response.Body).ToArray();
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {response.StatusCode} {ReasonPhrases.GetReasonPhrase(response.StatusCode)}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\nConnection: close\r\n");
        foreach (var (name, values) in response.Headers)
        {
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                // Kestrel does not send others either; a line end would begin a field of somebody else's.
                foreach (var value in values.Where(static value => value is not null && !value.AsSpan().ContainsAnyExceptInRange(' ', '~')))
                {
                    head.Append(name).Append(": ").Append(value).Append("\r\n");
                }
            }
        }

        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    private DefaultHttpContext CreateContext(UpgradeRequest head, IPEndPoint peer)
    {
        var context = new DefaultHttpContext(new DirectFeatures(head, peer, services));
        prepare?.Invoke(context);
        return context;
    }
}

/// <summary>A valid handshake, not yet decided. Immutable.</summary>
/// <param name="Context">The request, as the gate knows them.</param>
/// <param name="HeadLength">How many bytes its head takes.</param>
/// <param name="Offer">What it asks for.</param>
/// <param name="Format">How frames become bytes.</param>
internal sealed record DirectRequest(HttpContext Context, int HeadLength, WebSocketOffer Offer, WebSocketFormat Format);

/// <summary>A handshake that is let in. Immutable.</summary>
/// <param name="Handshake">What the gate says of it.</param>
/// <param name="Session">The session to resume, or null.</param>
internal sealed record DirectAdmission(HandshakeAdmission Handshake, SessionId? Session);
