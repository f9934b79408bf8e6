namespace OrleansRealtime.Runtime.Grains.Actors;

/// <summary>An actor that is asked from time to time for what is due.</summary>
internal interface ISweptActor
{
    /// <summary>Does what is due, in the actor's turn; completes when it is done. Safe for concurrent use.</summary>
    Task SweepAsync(DateTimeOffset now);

    /// <summary>Drops edges that are gone, in the actor's turn. Returns at once. Safe for concurrent use.</summary>
    void DropEdges(IReadOnlySet<EdgeId> edges);
}
