namespace OrleansRealtime.Edge.Connections;

/// <summary>The carrier of one connection, as far as the connection needs to know it.</summary>
/// <remarks>
/// What arrives is handed to the connection by whoever owns the carrier. Writes come one at a time,
/// from any thread. Both methods may be called after the peer is gone.
/// </remarks>
internal interface ITransport
{
    /// <summary>What carries the connection.</summary>
    TransportKind Kind { get; }

    /// <summary>How frames become bytes on this carrier.</summary>
    FrameFormat Format { get; }

    /// <summary>
    /// Writes finished frames. Completes when the carrier takes more, which is how a slow reader makes itself felt. The memory is
    /// not kept after completion. What it throws means that the peer is gone.
    /// </summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Ends the carrier at once, whatever is in flight. The owner's read then ends. Never throws.</summary>
    void Abort();

    /// <summary>
    /// The last frame (<see cref="FrameFormat.EncodeClose"/>) was written: nothing follows. The owner waits a bounded time for
    /// the peer to answer and then ends the carrier. Never throws.
    /// </summary>
    void CompleteWrites();
}
