namespace OrleansRealtime.Core.Ports;

/// <summary>How a runtime drives the life of a host. Every member is used in the host's turn.</summary>
public interface IActorHost
{
    /// <summary>When <see cref="TickAsync"/> wants to be called next; null when there is nothing to wait for.</summary>
    DateTimeOffset? NextDue { get; }

    /// <summary>Whether nothing would be lost if the host were taken down now.</summary>
    bool IsIdle { get; }

    /// <summary>When the host was last called.</summary>
    DateTimeOffset LastActive { get; }

    /// <summary>Reads what the host needs before its first call. Called once, first.</summary>
    /// <exception cref="ActorUnavailableException">The store failed; a new host may succeed later.</exception>
    ValueTask ActivateAsync(CancellationToken cancellationToken);

    /// <summary>Ends the host's life: waits for what is in flight, and refuses what comes after. Called once, last.</summary>
    ValueTask DeactivateAsync(CancellationToken cancellationToken);

    /// <summary>Does what is due. To be called when <see cref="NextDue"/> has passed.</summary>
    ValueTask TickAsync();

    /// <summary>
    /// Lets go of what was held through edges whose process is gone, all at once: none of them will renew or say goodbye. Those
    /// that the host does not know are ignored. Afterwards <see cref="NextDue"/> and <see cref="IsIdle"/> may have changed.
    /// </summary>
    void DropEdges(IReadOnlySet<EdgeId> edges);
}
