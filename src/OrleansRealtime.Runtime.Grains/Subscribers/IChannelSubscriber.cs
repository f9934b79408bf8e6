using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Subscribers;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>What a grain does with a channel that it subscribes to; usually the grain itself implements it.</summary>
/// <remarks>
/// Called in the grain's turns, as a grain timer is: never while the grain is in another call (unless it is reentrant), and one
/// call at a time for one subscription. It is no grain interface, so nothing crosses silos.
/// </remarks>
public interface IChannelSubscriber
{
    /// <summary>
    /// Handles the next publications. Each batch begins right after the one before, but for what was announced as interrupted. What
    /// it throws is logged, and the same publications come again, at first after 100 ms, later after up to 30 s: it must not throw
    /// for what it will never be able to handle.
    /// </summary>
    Task OnPublicationsAsync(PublicationBatch batch, CancellationToken cancellationToken);

    /// <summary>Hears what it cannot be given: a gap, or a channel that numbers anew. Called again when it throws.</summary>
    Task OnInterruptedAsync(ChannelInterruption interruption, CancellationToken cancellationToken);

    /// <summary>Handles a signal: neither numbered nor kept, and dropped when more than 1024 wait. What it throws is logged.</summary>
    Task OnSignalAsync(SignalMessage signal, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Hears who came and went, in a channel that tells of members. A hint that may be lost as a signal may be: who is there now, the
    /// channel's presence says. What it throws is logged.
    /// </summary>
    Task OnPresenceAsync(PresenceMessage presence, CancellationToken cancellationToken) => Task.CompletedTask;
}
