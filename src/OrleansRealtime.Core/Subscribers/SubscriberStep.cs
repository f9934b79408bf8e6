using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Core.Subscribers;

/// <summary>What is to be done next for a subscriber. Immutable.</summary>
public abstract record SubscriberStep;

/// <summary>Hand over publications, which follow what was handed over before, then say <see cref="SubscriberCursor.OnHandled"/>.</summary>
/// <param name="Batch">The publications.</param>
public sealed record DeliverStep(PublicationBatch Batch) : SubscriberStep;

/// <summary>Announce what will not come, then say <see cref="SubscriberCursor.OnHandled"/>.</summary>
/// <param name="Interruption">What.</param>
public sealed record InterruptStep(ChannelInterruption Interruption) : SubscriberStep;

/// <summary>Read what follows a position, then say <see cref="SubscriberCursor.OnRead"/>.</summary>
/// <param name="After">The position; null for the oldest retained.</param>
public sealed record ReadStep(Position? After) : SubscriberStep;
