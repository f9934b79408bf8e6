using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Connections;

/// <summary>Lets connections in: carries out <c>auth</c> and <c>refresh</c>, and admits identities that a handshake established.</summary>
internal sealed class Authenticator
{
    private readonly EdgeNode _node;
    private readonly ITokenValidator _tokens;

    /// <summary>Creates the authenticator of a node.</summary>
    public Authenticator(EdgeNode node, ITokenValidator tokens)
    {
        _node = node;
        _tokens = tokens;
    }

    /// <summary>Carries out <c>auth</c>.</summary>
    public async ValueTask AuthAsync(Connection connection, AuthCommand command)
    {
        if (connection.IsOpen)
        {
            connection.Refuse(command.Id, null, Refusals.AuthTwice);
            return;
        }

        if (command.Version != ProtocolVersion.Current)
        {
            connection.Refuse(command.Id, null, Refusals.UnsupportedVersion(command.Version));
            return;
        }

        var outcome = await IdentifyAsync(command.Token);
        if (outcome.Identity is not { } identity)
        {
            RefuseToken(connection, command.Id, outcome.Refusal!);
            return;
        }

        await AdmitAsync(connection, identity, command.Session, command.Id);
    }

    /// <summary>Has the user's actor admit a connection, opens it and sends <c>auth_ack</c>; or closes it.</summary>
    public async ValueTask AdmitAsync(Connection connection, Identity identity, SessionId? resume, CommandId id)
    {
        OpenSessionOutcome outcome;
        try
        {
            outcome = await _node.Users.Get(identity.User).OpenSessionAsync(
                new OpenSessionRequest(
                    _node.Id, connection.Id, resume, identity.IssuedAt, _node.Limits.ConnectionsPerUser),
                _node.Stopping);
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            // Nothing is known of bans and revocations, so nobody is let in; the client comes back with backoff.
            connection.Refuse(id, null, Refusals.Unavailable);
            connection.Close(CloseReason.Draining.With("users cannot be reached now"));
            return;
        }

        if (outcome.Refusal is { } refusal)
        {
            connection.Close(refusal);
            return;
        }

        if (!connection.TryOpen(identity, outcome.Session))
        {
            _node.EndSession(connection);
            return;
        }

        _node.OnOpened(connection);

        // Clients subscribe in the same breath, and what that is answered goes out with this.
        connection.SendSoon(new AuthAckFrame(
            id,
            ProtocolVersion.Current,
            identity.User,
            outcome.Session,
            outcome.IsResumed,
            _node.Id,
            _node.Options.HeartbeatInterval,
            identity.ExpiresAt,
            new ConnectionLimits(_node.Options.MaxMessageBytes, _node.Limits.SubscriptionsPerConnection),
            _node.Clock.GetUtcNow()));
        connection.Reach(ConnectionMilestone.Authenticated);
    }

    /// <summary>Carries out <c>refresh</c>: a new token of the same user, by which all subscriptions are checked again.</summary>
    public async ValueTask RefreshAsync(Connection connection, RefreshCommand command)
    {
        var outcome = await _tokens.ValidateAsync(command.Token, _node.Stopping);
        if (outcome.Identity is not { } identity)
        {
            connection.Refuse(command.Id, null, outcome.Refusal!);
            return;
        }

        if (connection.Identity!.IsAnonymous || identity.User != connection.Identity.User)
        {
            connection.Refuse(command.Id, null, Refusals.OtherUser);
            return;
        }

        if (await _node.Users.Get(identity.User).CheckTokenAsync(identity.IssuedAt, _node.Stopping) is { } refusal)
        {
            connection.Refuse(command.Id, null, refusal);
            return;
        }

        connection.Refresh(identity);
        connection.Send(new AckFrame(command.Id, null, new RefreshedAck(identity.ExpiresAt)));
        await connection.Shard;
        foreach (var subscription in connection.Subscriptions.All.ToArray())
        {
            _node.Subscriber.CheckAgain(subscription);
        }
    }

    private async ValueTask<TokenOutcome> IdentifyAsync(string? token)
    {
        if (token is not null)
        {
            return await _tokens.ValidateAsync(token, _node.Stopping);
        }

        return _node.AuthenticationOptions.AllowAnonymous
            ? new TokenOutcome(null, Identity.Anonymous(_node.Clock.GetUtcNow()))
            : new TokenOutcome(Refusals.TokenNeeded, null);
    }

    private static void RefuseToken(Connection connection, CommandId id, RealtimeError refusal)
    {
        connection.Refuse(id, null, refusal);

        // When only the keys could not be had the client may try again until its time is over.
        if (!refusal.IsRetryable)
        {
            connection.Close(CloseReason.Unauthenticated);
        }
    }
}
