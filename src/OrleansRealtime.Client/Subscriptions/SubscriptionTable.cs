using OrleansRealtime.Client.Connections;
using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Subscriptions;

/// <summary>All subscriptions of a client: takes them up on each link, where they stand, and tells what comes to whom.</summary>
internal sealed partial class SubscriptionTable(Wire wire, TimeProvider time, Backoff backoff)
{
    private readonly Dictionary<ChannelName, SubscriptionEntry> _entries = [];
    private readonly List<ChannelName> _order = [];

    /// <summary>Asks for who is in a channel, once it was taken up; set by the client.</summary>
    public Action<SubscriptionEntry>? PresenceWanted { get; set; }

    public void Add(SubscriptionEntry entry)
    {
        lock (wire.Lock)
        {
            if (!_entries.TryAdd(entry.Channel, entry))
            {
                throw new InvalidOperationException($"This client is subscribed to {entry.Channel} already; dispose that subscription first.");
            }

            _order.Add(entry.Channel);
            AskLocked(entry);
        }
    }

    /// <summary>Ends a subscription for the application's reasons.</summary>
    public void Remove(SubscriptionEntry entry)
    {
        lock (wire.Lock)
        {
            var isKnown = entry.Phase is SubscriptionPhase.Asked or SubscriptionPhase.Live;
            if (ForgetLocked(entry, null) && isKnown)
            {
                wire.SendLocked(new UnsubscribeCommand(wire.NewIdLocked(), entry.Channel));
            }
        }
    }

    /// <summary>What to send on a new link, in the order in which the application subscribed.</summary>
    public List<ClientCommand> AskAllLocked()
    {
        var commands = new List<ClientCommand>();
        foreach (var entry in _order.Select(channel => _entries[channel]).Where(static entry => entry.Phase == SubscriptionPhase.Idle))
        {
            commands.Add(entry.Ask(wire.NewIdLocked()));
        }

        return commands;
    }

    /// <summary>The link is gone.</summary>
    public void OnLostLocked()
    {
        foreach (var entry in _entries.Values.Where(static entry => entry.Phase is SubscriptionPhase.Asked or SubscriptionPhase.Live))
        {
            entry.Phase = SubscriptionPhase.Idle;
        }
    }

    /// <summary>The client is closed: every enumeration ends, with the failure if there is one.</summary>
    public void OnClosedLocked(Exception? failure)
    {
        foreach (var entry in _entries.Values.ToList())
        {
            ForgetLocked(entry, failure);
        }
    }

    /// <summary>The next item for the application; when it has read enough, a paused subscription is taken up again.</summary>
    public async ValueTask<BufferedItem?> TakeAsync(SubscriptionEntry entry, CancellationToken cancellationToken)
    {
        var item = await entry.Buffer.TakeAsync(cancellationToken).ConfigureAwait(false);
        if (entry.CatchesUp && entry.Buffer.IsHalfEmpty())
        {
            lock (wire.Lock)
            {
                if (entry.Phase == SubscriptionPhase.Paused)
                {
                    entry.Phase = SubscriptionPhase.Idle;
                    AskLocked(entry);
                }
            }
        }

        return item;
    }

    private void AskLocked(SubscriptionEntry entry)
    {
        if (wire.Link is not null && entry.Phase == SubscriptionPhase.Idle)
        {
            wire.SendLocked(entry.Ask(wire.NewIdLocked()));
        }
    }

    private bool ForgetLocked(SubscriptionEntry entry, Exception? failure)
    {
        var wasKnown = _entries.TryGetValue(entry.Channel, out var known) && known == entry;
        if (wasKnown)
        {
            _entries.Remove(entry.Channel);
            _order.Remove(entry.Channel);
        }

        entry.Complete(failure);
        return wasKnown;
    }

    private void HoldLocked(SubscriptionEntry entry, TimeSpan wait)
    {
        entry.Phase = SubscriptionPhase.Held;
        entry.Refusals++;
        entry.Hold = new Alarm(time, () =>
        {
            lock (wire.Lock)
            {
                if (entry.Phase == SubscriptionPhase.Held)
                {
                    entry.EndHold();
                    entry.Phase = SubscriptionPhase.Idle;
                    AskLocked(entry);
                }
            }
        });
        entry.Hold.Set(wait);
    }

    // Held and paused ones are asked for anew when their time comes, on whatever link there is then.
    private void RefuseLocked(SubscriptionEntry entry, RealtimeError error)
    {
        if (error.IsRetryable)
        {
            HoldLocked(entry, error.RetryAfter ?? backoff.Next(entry.Refusals));
        }
        else
        {
            ForgetLocked(entry, new RealtimeException(error));
        }
    }
}
