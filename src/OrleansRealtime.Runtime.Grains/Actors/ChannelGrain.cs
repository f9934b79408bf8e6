using System.Collections.Immutable;
using Orleans.Concurrency;
using Orleans.Placement;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Runtime.Grains.Placement;
using OrleansRealtime.Runtime.Grains.Subscribers;

namespace OrleansRealtime.Runtime.Grains.Actors;

/// <summary>A channel's host as a grain: reentrant, because the host orders what interleaves at its waits.</summary>
/// <remarks>
/// Orleans neither collects nor moves it: the sweep knows when a channel is idle, and a channel in memory that moved would lose
/// its history.
/// </remarks>
[GrainType("realtime.channel")]
[Reentrant]
[CollectionAgeLimit(AlwaysActive = true)]
[Immovable]
[RealtimeActorSilos]
internal sealed class ChannelGrain(IGrainContext context, RealtimeSilo silo, SubscriberWakes wakes) : IGrainBase, IChannelGrain
{
    private readonly HostActivation<ChannelHost> _activation = new(context, silo, "channel", isAskedWhileBusy: false);

    public IGrainContext GrainContext => context;

    // Whether a grain of the application listens to this channel by its name, and is brought up when there is something to hear.
    private bool _wakesSubscribers;

    private ChannelHost Host => _activation.Host;

    public async Task OnActivateAsync(CancellationToken token)
    {
        await _activation.OpenAsync(silo.CreateChannel, token);
        if (_activation.IsOpen && wakes.Concern(Host.Channel))
        {
            _wakesSubscribers = true;
            wakes.Note(Host.Channel);
        }
    }

    public Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => _activation.CloseAsync(reason, token);

    public ValueTask<AttachOutcome> AttachAsync(AttachRequest request, CancellationToken cancellationToken) =>
        _activation.Wake().AttachAsync(request, cancellationToken);

    public async ValueTask<AttachedChannel> AttachFromAsync(
        SiloAddress home, AttachRequest request, CancellationToken cancellationToken)
    {
        silo.Homes.Learn(request.Edge, home);
        return new AttachedChannel(await AttachAsync(request, cancellationToken), context.Address.SiloAddress!);
    }

    public ValueTask DetachAsync(EdgeId edge, CancellationToken cancellationToken) =>
        _activation.Wake().DetachAsync(edge, cancellationToken);

    public ValueTask<RenewOutcome> RenewAsync(Renewal renewal, CancellationToken cancellationToken) =>
        _activation.Wake().RenewAsync(renewal, cancellationToken);

    public ValueTask<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken cancellationToken) =>
        WakingSubscribers(Host.PublishAsync(request, cancellationToken));

    public ValueTask<ImmutableArray<PublishOutcome>> PublishManyAsync(
        ImmutableArray<PublishRequest> requests, CancellationToken cancellationToken) =>
        WakingSubscribers(Host.PublishManyAsync(requests, cancellationToken));

    public ValueTask<SignalOutcome> SignalAsync(SignalRequest request, CancellationToken cancellationToken) =>
        Host.SignalAsync(request, cancellationToken);

    public ValueTask<ReadOutcome> ReadAsync(ReadRequest request, CancellationToken cancellationToken) =>
        Host.ReadAsync(request, cancellationToken);

    public ValueTask<SnapshotOutcome> ReadSnapshotAsync(CancellationToken cancellationToken) =>
        Host.ReadSnapshotAsync(cancellationToken);

    public ValueTask<PresenceOutcome> PresenceAsync(Caller caller, CancellationToken cancellationToken) =>
        Host.PresenceAsync(caller, cancellationToken);

    public ValueTask<bool> UpdateMembersAsync(MembersUpdate update, CancellationToken cancellationToken) =>
        _activation.Wake().UpdateMembersAsync(update, cancellationToken);

    public ValueTask<GrantOutcome> ChangeGrantAsync(GrantChange change, CancellationToken cancellationToken) =>
        Host.ChangeGrantAsync(change, cancellationToken);

    public ValueTask<ChannelDescription> DescribeAsync(CancellationToken cancellationToken) =>
        Host.DescribeAsync(cancellationToken);

    private ValueTask<T> WakingSubscribers<T>(ValueTask<T> publishing) =>
        _wakesSubscribers ? WakeAfterAsync(publishing) : publishing;

    private async ValueTask<T> WakeAfterAsync<T>(ValueTask<T> publishing)
    {
        try
        {
            return await publishing;
        }
        finally
        {
            // Also when the caller gave up: it may be published all the same.
            wakes.Note(Host.Channel);
        }
    }
}
