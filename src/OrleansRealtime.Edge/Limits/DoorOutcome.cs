using OrleansRealtime.Edge.Http;

namespace OrleansRealtime.Edge.Limits;

/// <summary>What became of a connection at the door.</summary>
/// <param name="Refusal">Why not, or null.</param>
/// <param name="Guard">What watches it from now on; null when refused.</param>
internal sealed record DoorOutcome(HttpRefusal? Refusal, ConnectionGuard? Guard);
