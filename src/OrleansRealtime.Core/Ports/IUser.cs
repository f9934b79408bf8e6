using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Core.Ports;

/// <summary>One user's actor, wherever it lives. Safe for concurrent use; throws as <see cref="IChannel"/> does.</summary>
public interface IUser
{
    /// <summary>Admits a connection and opens or resumes its session, unless the user is banned, revoked or has too many.</summary>
    ValueTask<OpenSessionOutcome> OpenSessionAsync(OpenSessionRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Says which connections an edge holds for this user, so that a user activated elsewhere learns of them again. Connections
    /// that the user does not admit are ended through <see cref="IDelivery"/>.
    /// </summary>
    ValueTask RenewSessionsAsync(SessionsRenewal renewal, CancellationToken cancellationToken);

    /// <summary>Says that a connection ended; its session stays for its grace time.</summary>
    ValueTask EndConnectionAsync(EdgeId edge, ConnectionId connection, CancellationToken cancellationToken);

    /// <summary>
    /// Whether a token issued at this time is still good, for a refresh. The edge then renews that connection, so that the user
    /// knows by which token it is there.
    /// </summary>
    ValueTask<RealtimeError?> CheckTokenAsync(DateTimeOffset issuedAt, CancellationToken cancellationToken);

    /// <summary>Bans the user until a time, or for good when null, and closes all connections with 4031.</summary>
    ValueTask BanAsync(Ban ban, CancellationToken cancellationToken);

    /// <summary>Lifts a ban.</summary>
    ValueTask UnbanAsync(CancellationToken cancellationToken);

    /// <summary>Refuses all tokens issued before <paramref name="issuedBefore"/>, and closes the connections that used one with 4010.</summary>
    ValueTask RevokeTokensAsync(DateTimeOffset issuedBefore, CancellationToken cancellationToken);

    /// <summary>Closes all connections, or those of one session, with <paramref name="reason"/>. Returns how many.</summary>
    ValueTask<int> DisconnectAsync(SessionId? session, CloseReason reason, CancellationToken cancellationToken);

    /// <summary>Sets what others see as the user's status.</summary>
    ValueTask SetStatusAsync(UserStatusText status, CancellationToken cancellationToken);

    /// <summary>Status, sessions, bans.</summary>
    ValueTask<UserDescription> DescribeAsync(CancellationToken cancellationToken);
}
