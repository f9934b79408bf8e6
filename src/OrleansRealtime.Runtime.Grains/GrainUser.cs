using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Runtime.Grains.Membership;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>One user's grain, as the port promises it.</summary>
internal sealed class GrainUser(IUserGrain grain, EdgeOrigin? origin) : IUser
{
    public ValueTask<OpenSessionOutcome> OpenSessionAsync(OpenSessionRequest request, CancellationToken cancellationToken) =>
        origin?.Of(request.Edge) is { } home
            ? GrainCalls.CallAsync(
                grain,
                static (grain, open, token) => grain.OpenSessionFromAsync(open.home, open.request, token),
                (home, request),
                cancellationToken)
            : GrainCalls.CallAsync(
                grain, static (grain, request, token) => grain.OpenSessionAsync(request, token), request, cancellationToken);

    public ValueTask RenewSessionsAsync(SessionsRenewal renewal, CancellationToken cancellationToken) =>
        origin?.Of(renewal.Edge) is { } home
            ? GrainCalls.CallAsync(
                grain,
                static (grain, renew, token) => grain.RenewSessionsFromAsync(renew.home, renew.renewal, token),
                (home, renewal),
                cancellationToken)
            : GrainCalls.CallAsync(
                grain, static (grain, renewal, token) => grain.RenewSessionsAsync(renewal, token), renewal, cancellationToken);

    public ValueTask EndConnectionAsync(EdgeId edge, ConnectionId connection, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(
            grain,
            static (grain, link, token) => grain.EndConnectionAsync(link.edge, link.connection, token),
            (edge, connection),
            cancellationToken);

    public ValueTask<RealtimeError?> CheckTokenAsync(DateTimeOffset issuedAt, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(
            grain, static (grain, issuedAt, token) => grain.CheckTokenAsync(issuedAt, token), issuedAt, cancellationToken);

    public ValueTask BanAsync(Ban ban, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, ban, token) => grain.BanAsync(ban, token), ban, cancellationToken);

    public ValueTask UnbanAsync(CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, _, token) => grain.UnbanAsync(token), 0, cancellationToken);

    public ValueTask RevokeTokensAsync(DateTimeOffset issuedBefore, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(
            grain,
            static (grain, issuedBefore, token) => grain.RevokeTokensAsync(issuedBefore, token),
            issuedBefore,
            cancellationToken);

    public ValueTask<int> DisconnectAsync(SessionId? session, CloseReason reason, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(
            grain,
            static (grain, whom, token) => grain.DisconnectAsync(whom.session, whom.reason, token),
            (session, reason),
            cancellationToken);

    public ValueTask SetStatusAsync(UserStatusText status, CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, status, token) => grain.SetStatusAsync(status, token), status, cancellationToken);

    public ValueTask<UserDescription> DescribeAsync(CancellationToken cancellationToken) =>
        GrainCalls.CallAsync(grain, static (grain, _, token) => grain.DescribeAsync(token), 0, cancellationToken);
}
