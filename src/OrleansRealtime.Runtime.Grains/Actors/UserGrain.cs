using Orleans.Concurrency;
using Orleans.Placement;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Runtime.Grains.Placement;

namespace OrleansRealtime.Runtime.Grains.Actors;

/// <summary>A user's host as a grain; see <see cref="ChannelGrain"/>.</summary>
[GrainType("realtime.user")]
[Reentrant]
[CollectionAgeLimit(AlwaysActive = true)]
[Immovable]
[RealtimeActorSilos]
internal sealed class UserGrain(IGrainContext context, RealtimeSilo silo) : IGrainBase, IUserGrain
{
    // A status that could not be published is due again without a call.
    private readonly HostActivation<UserHost> _activation = new(context, silo, "user", isAskedWhileBusy: true);

    public IGrainContext GrainContext => context;

    public Task OnActivateAsync(CancellationToken token) => _activation.OpenAsync(silo.CreateUser, token);

    public Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => _activation.CloseAsync(reason, token);

    public ValueTask<OpenSessionOutcome> OpenSessionAsync(OpenSessionRequest request, CancellationToken cancellationToken) =>
        _activation.Wake().OpenSessionAsync(request, cancellationToken);

    public ValueTask<OpenSessionOutcome> OpenSessionFromAsync(
        SiloAddress home, OpenSessionRequest request, CancellationToken cancellationToken)
    {
        silo.Homes.Learn(request.Edge, home);
        return OpenSessionAsync(request, cancellationToken);
    }

    public ValueTask RenewSessionsAsync(SessionsRenewal renewal, CancellationToken cancellationToken) =>
        _activation.Wake().RenewSessionsAsync(renewal, cancellationToken);

    public ValueTask RenewSessionsFromAsync(
        SiloAddress home, SessionsRenewal renewal, CancellationToken cancellationToken)
    {
        silo.Homes.Learn(renewal.Edge, home);
        return RenewSessionsAsync(renewal, cancellationToken);
    }

    public ValueTask EndConnectionAsync(EdgeId edge, ConnectionId connection, CancellationToken cancellationToken) =>
        _activation.Wake().EndConnectionAsync(edge, connection, cancellationToken);

    public ValueTask<RealtimeError?> CheckTokenAsync(DateTimeOffset issuedAt, CancellationToken cancellationToken) =>
        _activation.Host.CheckTokenAsync(issuedAt, cancellationToken);

    public ValueTask BanAsync(Ban ban, CancellationToken cancellationToken) =>
        _activation.Wake().BanAsync(ban, cancellationToken);

    public ValueTask UnbanAsync(CancellationToken cancellationToken) => _activation.Wake().UnbanAsync(cancellationToken);

    public ValueTask RevokeTokensAsync(DateTimeOffset issuedBefore, CancellationToken cancellationToken) =>
        _activation.Wake().RevokeTokensAsync(issuedBefore, cancellationToken);

    public ValueTask<int> DisconnectAsync(SessionId? session, CloseReason reason, CancellationToken cancellationToken) =>
        _activation.Wake().DisconnectAsync(session, reason, cancellationToken);

    public ValueTask SetStatusAsync(UserStatusText status, CancellationToken cancellationToken) =>
        _activation.Wake().SetStatusAsync(status, cancellationToken);

    public ValueTask<UserDescription> DescribeAsync(CancellationToken cancellationToken) =>
        _activation.Host.DescribeAsync(cancellationToken);
}
