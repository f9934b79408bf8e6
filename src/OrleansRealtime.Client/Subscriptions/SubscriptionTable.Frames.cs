using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Subscriptions;

/// <summary>What the server says to subscriptions. Returns what to raise once the lock is left, or null.</summary>
internal sealed partial class SubscriptionTable
{
    /// <summary>The answer to a subscribe.</summary>
    public bool TryAnswerLocked(AckFrame ack, out Action? notice)
    {
        notice = null;
        if (ack.Payload is not SubscribedAck taken || !TryFindAsked(ack.Channel, ack.Id, out var entry))
        {
            return false;
        }

        entry.Phase = SubscriptionPhase.Live;
        entry.Refusals = 0;
        if (entry.Continuity.OnSubscribed(taken) is { } loss)
        {
            AddLocked(entry, new BufferedItem(null, loss));
        }

        entry.FirstTaken.TrySetResult();
        notice = () => entry.Subscription.Raise(new SubscribedNotice(taken.Position, taken.Recovered, taken.Guarantee));
        if (entry.Subscription.Options.Presence)
        {
            entry.Presence.OnAsking();
            PresenceWanted?.Invoke(entry);
        }

        return true;
    }

    /// <summary>The refusal of a subscribe.</summary>
    public bool TryRefuseLocked(ErrorFrame error, out Action? notice)
    {
        notice = null;
        if (!TryFindAsked(error.Channel, error.Id, out var entry))
        {
            return false;
        }

        RefuseLocked(entry, error.Error);
        notice = NoticeOfEnd(entry, error.Error);
        return true;
    }

    /// <summary>A frame of a channel. Those of a channel that is not live belong to an earlier subscription to it.</summary>
    public Action? OnFrameLocked(ServerFrame frame) => frame switch
    {
        PublicationFrame publication when IsLive(publication.Channel, out var entry) => OnPublicationLocked(entry, publication),
        SignalFrame signal when IsLive(signal.Channel, out var entry) =>
            () => entry.Subscription.Raise(new ReceivedSignal(signal.Channel, signal.From, signal.Key, signal.Payload)),
        JoinFrame join when IsLive(join.Channel, out var entry) => OnPresenceLocked(entry, state => state.Join(join.Member)),
        LeaveFrame leave when IsLive(leave.Channel, out var entry) => OnPresenceLocked(entry, state => state.Leave(leave.Member.User)),
        GapFrame gap when IsLive(gap.Channel, out var entry) => OnGapLocked(entry, gap),
        ResetFrame reset when IsLive(reset.Channel, out var entry) => OnResetLocked(entry, reset),
        UnsubscribedFrame end when IsLive(end.Channel, out var entry) => OnUnsubscribedLocked(entry, end),
        _ => null,
    };

    /// <summary>Who is in the channel came.</summary>
    public static Action OnPresenceLocked(SubscriptionEntry entry, PresenceAck ack)
    {
        var state = entry.Presence.OnState(ack);
        return () => entry.Subscription.Raise(state);
    }

    private static Action OnPresenceLocked(SubscriptionEntry entry, Func<PresenceState, PresenceState> diff)
    {
        var state = entry.Presence.Apply(diff);
        return () => entry.Subscription.Raise(state);
    }

    private Action? OnPublicationLocked(SubscriptionEntry entry, PublicationFrame frame)
    {
        var publication = frame.Publication;
        switch (entry.Continuity.OnPublication(publication.Sequence))
        {
            case Arrival.New:
                AddLocked(entry, new BufferedItem(
                    new ReceivedPublication(
                        frame.Channel,
                        entry.Continuity.Position!.Value,
                        publication.Time,
                        publication.From,
                        publication.MessageId,
                        publication.Key,
                        publication.Payload),
                    null));
                break;
            case Arrival.Hole:
                LetGoLocked(entry, SubscriptionPhase.Idle);
                AskLocked(entry);
                break;
        }

        return null;
    }

    private Action? OnGapLocked(SubscriptionEntry entry, GapFrame gap)
    {
        if (entry.Continuity.OnGap(gap) is { } loss)
        {
            AddLocked(entry, new BufferedItem(null, loss));
        }

        return () => entry.Subscription.Raise(new GapNotice(gap.From, gap.To, gap.Reason));
    }

    private Action? OnResetLocked(SubscriptionEntry entry, ResetFrame reset)
    {
        AddLocked(entry, new BufferedItem(null, entry.Continuity.OnReset(reset.Position)));
        return () => entry.Subscription.Raise(new ResetNotice(reset.Position));
    }

    private Action? OnUnsubscribedLocked(SubscriptionEntry entry, UnsubscribedFrame end)
    {
        RefuseLocked(entry, end.Error);
        return NoticeOfEnd(entry, end.Error);
    }

    private static Action? NoticeOfEnd(SubscriptionEntry entry, RealtimeError error) =>
        entry.Phase == SubscriptionPhase.Ended ? () => entry.Subscription.Raise(new UnsubscribedNotice(error)) : null;

    private void AddLocked(SubscriptionEntry entry, BufferedItem item)
    {
        // Whoever catches up later is cheaper than one who makes all others of the connection wait.
        if (entry.Buffer.Add(item) && entry.CatchesUp && entry.Phase == SubscriptionPhase.Live)
        {
            LetGoLocked(entry, SubscriptionPhase.Paused);
        }
    }

    private void LetGoLocked(SubscriptionEntry entry, SubscriptionPhase phase)
    {
        entry.Phase = phase;
        wire.SendLocked(new UnsubscribeCommand(wire.NewIdLocked(), entry.Channel));
    }

    private bool IsLive(ChannelName channel, [NotNullWhen(true)] out SubscriptionEntry? entry) =>
        _entries.TryGetValue(channel, out entry) && entry.Phase == SubscriptionPhase.Live;

    private bool TryFindAsked(ChannelName? channel, CommandId id, [NotNullWhen(true)] out SubscriptionEntry? entry)
    {
        entry = null;
        if (channel is { } name)
        {
            return _entries.TryGetValue(name, out entry) && entry.Phase == SubscriptionPhase.Asked && entry.AskedId == id;
        }

        entry = _entries.Values.FirstOrDefault(candidate => candidate.Phase == SubscriptionPhase.Asked && candidate.AskedId == id);
        return entry is not null;
    }
}
