using Orleans.Placement;

namespace OrleansRealtime.Runtime.Grains.Placement;

/// <summary>The placement of actors: only in silos whose role lets them host some.</summary>
/// <remarks>Silos know it by the name of this type, so the name stays.</remarks>
internal sealed class RealtimeActorSilos() : PlacementFilterStrategy(order: 0);
