using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Channels;

/// <summary>One active channel: turns the decisions of its machine into effects, in one fixed order.</summary>
/// <remarks>
/// Not safe for concurrent use: every call, and every continuation of a call, runs in the activation's turn, which the runtime
/// provides as a synchronisation context. Calls may interleave where one of them waits.
/// </remarks>
public sealed class ChannelHost : IChannel, IActorHost
{
    /// <summary>Creates the host of <paramref name="channel"/>; nothing may be called before <see cref="ActivateAsync"/> has returned.</summary>
    public ChannelHost(ChannelName channel, ChannelHostServices services, IActivation activation)
    {
        Channel = channel;
        Services = services;
        Activation = activation;
        LastActive = services.Time.GetUtcNow();
    }

    /// <summary>The channel.</summary>
    public ChannelName Channel { get; }

    /// <summary>When <see cref="TickAsync"/> wants to be called next; null when there is nothing to wait for.</summary>
    public DateTimeOffset? NextDue { get; private set; }

    /// <summary>Whether nothing would be lost if the channel were taken down now.</summary>
    public bool IsIdle { get; private set; } = true;

    /// <summary>When the channel was last called.</summary>
    public DateTimeOffset LastActive { get; private set; }

    private ChannelHostServices Services { get; }

    private IActivation Activation { get; }

    /// <summary>Opens the log, loads the grants, and fills the replay buffer. Called once, first.</summary>
    /// <exception cref="ActorUnavailableException">The store failed; a new host may succeed later.</exception>
    public ValueTask ActivateAsync(CancellationToken cancellationToken) => throw NotYet();

    /// <summary>Ends the host's life: waits for an append in flight, and refuses what comes after. Called once, last.</summary>
    public ValueTask DeactivateAsync(CancellationToken cancellationToken) => throw NotYet();

    /// <summary>Does what is due: ends flap graces, drops attachments that were not renewed. To be called when <see cref="NextDue"/> has passed.</summary>
    public ValueTask TickAsync() => throw NotYet();

    /// <inheritdoc/>
    public ValueTask<AttachOutcome> AttachAsync(AttachRequest request, CancellationToken cancellationToken) => throw NotYet();

    /// <inheritdoc/>
    public ValueTask DetachAsync(EdgeId edge, CancellationToken cancellationToken) => throw NotYet();

    /// <inheritdoc/>
    public ValueTask<RenewOutcome> RenewAsync(Renewal renewal, CancellationToken cancellationToken) => throw NotYet();

    /// <inheritdoc/>
    public ValueTask<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken cancellationToken) => throw NotYet();

    /// <inheritdoc/>
    public ValueTask<SignalOutcome> SignalAsync(SignalRequest request, CancellationToken cancellationToken) => throw NotYet();

    /// <inheritdoc/>
    public ValueTask<ReadOutcome> ReadAsync(ReadRequest request, CancellationToken cancellationToken) => throw NotYet();

    /// <inheritdoc/>
    public ValueTask<SnapshotOutcome> ReadSnapshotAsync(CancellationToken cancellationToken) => throw NotYet();

    /// <inheritdoc/>
    public ValueTask<PresenceOutcome> PresenceAsync(Caller caller, CancellationToken cancellationToken) => throw NotYet();

    /// <inheritdoc/>
    public ValueTask<bool> UpdateMembersAsync(MembersUpdate update, CancellationToken cancellationToken) => throw NotYet();

    /// <inheritdoc/>
    public ValueTask<GrantOutcome> ChangeGrantAsync(GrantChange change, CancellationToken cancellationToken) => throw NotYet();

    /// <inheritdoc/>
    public ValueTask<ChannelDescription> DescribeAsync(CancellationToken cancellationToken) => throw NotYet();

    private ActorUnavailableException NotYet() => new($"{Channel}: {Services.Time} {Activation}");
}
