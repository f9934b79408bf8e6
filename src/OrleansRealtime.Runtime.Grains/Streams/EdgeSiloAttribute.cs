using Orleans.Placement;

namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>Marks the grain that belongs where its edge is; see <see cref="EdgeSilo"/>.</summary>
internal sealed class EdgeSiloAttribute() : PlacementAttribute(new EdgeSilo());
