namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>Takes what comes on the inbox stream of an edge; its key is the edge's id. Nobody calls it.</summary>
[Alias("realtime.IInboxGrain")]
[GrainInterfaceType("realtime.inbox")]
internal interface IInboxGrain : IGrainWithStringKey;
