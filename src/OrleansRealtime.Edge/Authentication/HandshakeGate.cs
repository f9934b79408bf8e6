using Microsoft.AspNetCore.Http;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Http;
using OrleansRealtime.Edge.Limits;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>The gate of WebSockets and event streams: admission first, since it is cheapest, then origin and credentials.</summary>
internal sealed class HandshakeGate(
    EdgeNode node, Admission admission, Doorkeeper doorkeeper, HandshakeCredentials credentials) : IHandshakeGate
{
    /// <inheritdoc/>
    public async ValueTask<HandshakeAdmission?> AdmitAsync(HttpContext context, string? offeredToken)
    {
        if (node.IsDraining)
        {
            admission.Drain(node.DrainOptions.Window);
        }

        var door = doorkeeper.Admit(context.Connection.RemoteIpAddress);
        if (door.Guard is not { } guard)
        {
            await RefuseAsync(context, door.Refusal!);
            return null;
        }

        var isIn = false;
        try
        {
            var outcome = await credentials.ReadAsync(context, offeredToken, context.RequestAborted);
            var refusal = outcome.Refusal
                ?? (outcome.Identity is { } identity && doorkeeper.Check(identity.User) is { } cutOff
                    ? HttpRefusals.Of(cutOff)
                    : null);
            if (refusal is not null)
            {
                await RefuseAsync(context, refusal);
                return null;
            }

            isIn = true;
            return new HandshakeAdmission(outcome.Identity, guard);
        }
        finally
        {
            if (!isIn)
            {
                guard.OnEnded(CloseReason.Unauthenticated);
            }
        }
    }
    private Task RefuseAsync(HttpContext context, HttpRefusal refusal)
    {
        node.Metrics.HandshakeRefused(refusal.Status);
        return Problem.WriteAsync(context, refusal);
    }
}
