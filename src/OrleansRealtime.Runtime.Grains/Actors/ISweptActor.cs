namespace OrleansRealtime.Runtime.Grains.Actors;

/// <summary>An actor that is asked from time to time for what is due.</summary>
internal interface ISweptActor
{
    /// <summary>Does what is due, in the actor's turn; completes when it is done. Safe for concurrent use.</summary>
    Task SweepAsync(DateTimeOffset now);
}
