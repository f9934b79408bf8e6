using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>One user's actor in this process.</summary>
internal sealed class EmbeddedUser(Actor<UserId, UserHost> actor) : IUser
{
    public ValueTask<OpenSessionOutcome> OpenSessionAsync(OpenSessionRequest request, CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, request, token) => host.OpenSessionAsync(request, token), request, cancellationToken);

    public ValueTask RenewSessionsAsync(SessionsRenewal renewal, CancellationToken cancellationToken) =>
        CallAsync(static (host, renewal, token) => host.RenewSessionsAsync(renewal, token), renewal, cancellationToken);

    public ValueTask EndConnectionAsync(EdgeId edge, ConnectionId connection, CancellationToken cancellationToken) =>
        CallAsync(
            static (host, link, token) => host.EndConnectionAsync(link.edge, link.connection, token),
            (edge, connection),
            cancellationToken);

    public ValueTask<RealtimeError?> CheckTokenAsync(DateTimeOffset issuedAt, CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, issuedAt, token) => host.CheckTokenAsync(issuedAt, token), issuedAt, cancellationToken);

    public ValueTask BanAsync(Ban ban, CancellationToken cancellationToken) =>
        CallAsync(static (host, ban, token) => host.BanAsync(ban, token), ban, cancellationToken);

    public ValueTask UnbanAsync(CancellationToken cancellationToken) =>
        CallAsync(static (host, _, token) => host.UnbanAsync(token), 0, cancellationToken);

    public ValueTask RevokeTokensAsync(DateTimeOffset issuedBefore, CancellationToken cancellationToken) =>
        CallAsync(static (host, issuedBefore, token) => host.RevokeTokensAsync(issuedBefore, token), issuedBefore, cancellationToken);

    public ValueTask<int> DisconnectAsync(SessionId? session, CloseReason reason, CancellationToken cancellationToken) =>
        actor.CallAsync(
            static (host, whom, token) => host.DisconnectAsync(whom.session, whom.reason, token),
            (session, reason),
            cancellationToken);

    public ValueTask SetStatusAsync(UserStatusText status, CancellationToken cancellationToken) =>
        CallAsync(static (host, status, token) => host.SetStatusAsync(status, token), status, cancellationToken);

    public ValueTask<UserDescription> DescribeAsync(CancellationToken cancellationToken) =>
        actor.CallAsync(static (host, _, token) => host.DescribeAsync(token), 0, cancellationToken);

    private async ValueTask CallAsync<TArgument>(
        Func<UserHost, TArgument, CancellationToken, ValueTask> call, TArgument argument, CancellationToken cancellationToken) =>
        await actor.CallAsync(
            static async (host, pair, token) =>
            {
                await pair.call(host, pair.argument, token);
                return true;
            },
            (call, argument),
            cancellationToken);
}
