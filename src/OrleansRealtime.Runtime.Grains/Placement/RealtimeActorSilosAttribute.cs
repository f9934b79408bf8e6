using Orleans.Placement;

namespace OrleansRealtime.Runtime.Grains.Placement;

/// <summary>Marks the grains that are actors; see <see cref="RealtimeActorSilos"/>.</summary>
internal sealed class RealtimeActorSilosAttribute() : PlacementFilterAttribute(new RealtimeActorSilos());
