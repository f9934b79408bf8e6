namespace OrleansRealtime.Edge.Connections;

/// <summary>Who hears what becomes of an outbound queue. Called on whatever thread wrote, never under the queue's lock.</summary>
internal interface IOutboundOwner
{
    /// <summary>There was no room, and half of the budget is free again.</summary>
    void OnDrained();

    /// <summary>A write for which the carrier had pushed back went through: the peer reads.</summary>
    void OnWriteProgress();

    /// <summary>The peer is gone; nothing more will be written.</summary>
    void OnWriteFailed(Exception exception);
}
