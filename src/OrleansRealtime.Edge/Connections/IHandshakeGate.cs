using Microsoft.AspNetCore.Http;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Connections;

/// <summary>What a handshake passes before there is a connection: admission, origin, credentials. Safe for concurrent use.</summary>
internal interface IHandshakeGate
{
    /// <summary>Lets a request in, or answers it and returns null.</summary>
    /// <param name="context">The request; nothing was written to its response.</param>
    /// <param name="offeredToken">The token that a WebSocket client offered as a subprotocol, or null.</param>
    ValueTask<HandshakeAdmission?> AdmitAsync(HttpContext context, string? offeredToken);
}

/// <summary>What a handshake that is let in brings.</summary>
/// <param name="Identity">Who it is; null when the first message must say so.</param>
/// <param name="Guard">What watches the connection. Whoever opens none must end it.</param>
internal sealed record HandshakeAdmission(Identity? Identity, IConnectionGuard Guard);
