using System.Globalization;
using Microsoft.AspNetCore.Http;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Connections;

/// <summary>A gate that refuses while the node drains, and checks the token that a handshake brings.</summary>
internal sealed class BearerGate : IHandshakeGate
{
    private const string Scheme = "Bearer ";

    private readonly EdgeNode _node;
    private readonly ITokenValidator _tokens;

    /// <summary>Creates the gate of a node.</summary>
    public BearerGate(EdgeNode node, ITokenValidator tokens)
    {
        _node = node;
        _tokens = tokens;
    }

    /// <inheritdoc/>
    public async ValueTask<HandshakeAdmission?> AdmitAsync(HttpContext context, string? offeredToken)
    {
        if (_node.IsDraining)
        {
            var after = _node.DrainOptions.Window * Random.Shared.NextDouble();
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter =
                Math.Ceiling(after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return null;
        }

        var authorization = context.Request.Headers.Authorization.ToString();
        var token = offeredToken
            ?? (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..] : null);
        if (token is null)
        {
            return new HandshakeAdmission(null, OpenGuard.Instance);
        }

        var outcome = await _tokens.ValidateAsync(token, context.RequestAborted);
        if (outcome.Identity is null)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return null;
        }

        return new HandshakeAdmission(outcome.Identity, OpenGuard.Instance);
    }
}
