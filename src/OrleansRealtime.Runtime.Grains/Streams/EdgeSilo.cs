namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>The placement of inboxes: in the silo of the edge.</summary>
/// <remarks>Silos know it by the name of this type, so the name stays.</remarks>
[GenerateSerializer, Immutable, Alias("realtime.edge-silo")]
internal sealed class EdgeSilo : PlacementStrategy;
