using System.Collections.Immutable;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Channels;

/// <content>Attached edges, who is present, and signals.</content>
public sealed partial class ChannelHost
{
    /// <inheritdoc/>
    public ValueTask<AttachOutcome> AttachAsync(AttachRequest request, CancellationToken cancellationToken)
    {
        if (!TryEnter())
        {
            return new(AttachOutcome.Refused(ChannelRefusals.UnknownNamespace(Channel)));
        }

        var now = Now();
        TellPresence(_audience.Attach(request.Edge, request.Members, now), []);
        return new(new AttachOutcome(
            null, _machine.Head, _machine.Recent(request.Recent, _policy, now), _machine.Grants));
    }

    /// <inheritdoc/>
    public ValueTask DetachAsync(EdgeId edge, CancellationToken cancellationToken)
    {
        TryEnter();
        _audience.Detach(edge, Now());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<RenewOutcome> RenewAsync(Renewal renewal, CancellationToken cancellationToken)
    {
        // Of a namespace that is no longer configured, the edge hears by attaching again.
        if (!TryEnter() || !_audience.Renew(renewal.Edge, Now()))
        {
            return new(new RenewOutcome(Channel, IsAttached: false, default, null));
        }

        if (renewal.GrantsVersion > _machine.Grants.Version && _grantChange.IsCompleted)
        {
            _grantChange = ReadGrantsAgainAsync(_machine);
        }

        var grants = renewal.GrantsVersion < _machine.Grants.Version ? _machine.Grants : null;
        return new(new RenewOutcome(Channel, IsAttached: true, _machine.Head, grants));
    }

    /// <inheritdoc/>
    public ValueTask<SignalOutcome> SignalAsync(SignalRequest request, CancellationToken cancellationToken)
    {
        if (!TryEnter())
        {
            return new(new SignalOutcome(ChannelRefusals.UnknownNamespace(Channel), false));
        }

        if (_machine.Signal(request, _policy, Now(), out var isUndecided) is { } refusal)
        {
            return new(new SignalOutcome(refusal, isUndecided));
        }

        SendToEdges(new SignalMessage(
            Channel, request.Caller.Sender, request.OriginEdge, request.Origin, request.Key, request.Payload));
        return new(SignalOutcome.Accepted);
    }

    /// <inheritdoc/>
    public ValueTask<PresenceOutcome> PresenceAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!TryEnter())
        {
            return new(PresenceOutcome.Refused(ChannelRefusals.UnknownNamespace(Channel)));
        }

        if (_machine.CheckAccess(_policy, caller, ChannelRights.Presence, out var isUndecided) is { } noRight)
        {
            return new(PresenceOutcome.Refused(noRight, isUndecided));
        }

        var count = _audience.Presence.Count;
        return new(_policy.Presence switch
        {
            PresencePolicy.Off => PresenceOutcome.Refused(ChannelRefusals.PresenceOff(Channel)),
            PresencePolicy.Count => new PresenceOutcome(null, false, [], count, IsTruncated: false),
            _ => new PresenceOutcome(
                null,
                false,
                _audience.Presence.List(ChannelPolicy.MaxListedMembers),
                count,
                count > ChannelPolicy.MaxListedMembers),
        });
    }

    /// <inheritdoc/>
    public ValueTask<bool> UpdateMembersAsync(MembersUpdate update, CancellationToken cancellationToken)
    {
        if (!TryEnter() || !_audience.IsAttached(update.Edge))
        {
            return new(false);
        }

        _audience.Presence.Leave(update.Edge, update.Left, Now());
        TellPresence(_audience.Presence.Join(update.Edge, update.Joined), []);
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<ChannelDescription> DescribeAsync(CancellationToken cancellationToken)
    {
        if (!TryEnter())
        {
            var nothing = new ChannelGuarantee(Durability.None, 0, 0, TimeSpan.Zero, false, SlowReaderPolicy.Drop);
            return new(new ChannelDescription(Channel, default, 1, 0, 0, [], ChannelGrants.None, nothing));
        }

        return new(new ChannelDescription(
            Channel,
            _machine.Head,
            _machine.OldestBuffered,
            _machine.BufferedBytes,
            _audience.Presence.Count,
            [.. _audience.Edges],
            _machine.Grants,
            _policy.Guarantee));
    }

    private void TellPresence(ImmutableArray<Member> joined, ImmutableArray<Member> left)
    {
        if (_policy?.Presence == PresencePolicy.Members && !(joined.IsEmpty && left.IsEmpty))
        {
            SendToEdges(new PresenceMessage(Channel, joined, left));
        }
    }
}
