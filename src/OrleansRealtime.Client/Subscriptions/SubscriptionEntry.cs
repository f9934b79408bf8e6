using OrleansRealtime.Client.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Subscriptions;

/// <summary>What the client knows of one subscription. Guarded by the lock of the wire.</summary>
internal sealed class SubscriptionEntry(Subscription subscription)
{
    public Subscription Subscription => subscription;

    public ChannelName Channel => subscription.Channel;

    public SubscriptionPhase Phase { get; set; }

    /// <summary>The subscribe whose answer counts.</summary>
    public CommandId AskedId { get; set; }

    /// <summary>How often it was refused for a while since it was last taken up.</summary>
    public int Refusals { get; set; }

    public Alarm? Hold { get; set; }

    public Continuity Continuity { get; } = new(subscription.Options.From, subscription.Options.Conflate is not null);

    public PresenceTracker Presence { get; } = new();

    public SubscriptionBuffer Buffer { get; } = new(
        subscription.Options.BufferCount, subscription.Options.BufferBytes, subscription.Options.WhenFull == BufferPolicy.DropOldest);

    public TaskCompletionSource FirstTaken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool CatchesUp => subscription.Options.WhenFull == BufferPolicy.CatchUp;

    /// <summary>The command that takes the subscription up where it stands.</summary>
    public SubscribeCommand Ask(CommandId id)
    {
        AskedId = id;
        Phase = SubscriptionPhase.Asked;
        var options = subscription.Options;
        return new SubscribeCommand(
            id, Channel, Continuity.Position, Continuity.Position is null ? options.Last : 0, options.Presence, options.Conflate);
    }

    public void EndHold()
    {
        Hold?.Dispose();
        Hold = null;
    }

    public void Complete(Exception? failure)
    {
        Phase = SubscriptionPhase.Ended;
        EndHold();
        Buffer.Complete(failure);
        if (failure is null)
        {
            FirstTaken.TrySetCanceled();
        }
        else if (FirstTaken.TrySetException(failure))
        {
            // Whoever enumerates gets the failure too; nobody needs to await this task.
            _ = FirstTaken.Task.Exception;
        }
    }
}

/// <summary>Where a subscription stands with the server.</summary>
internal enum SubscriptionPhase
{
    /// <summary>To be asked for on the next link.</summary>
    Idle,

    /// <summary>Asked for; what comes before the answer belongs to the time before.</summary>
    Asked,

    /// <summary>Taken up.</summary>
    Live,

    /// <summary>Refused for a while.</summary>
    Held,

    /// <summary>Let go of until the application has read.</summary>
    Paused,

    /// <summary>Over.</summary>
    Ended,
}
