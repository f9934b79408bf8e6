namespace OrleansRealtime.Core.Tests.Simulation;

/// <summary>What a simulation went through, so that a test can see that it was no idle one.</summary>
internal sealed record SimulationSummary(int Published, int Activations, int Crashes, long LastSeen, int GrantsAcknowledged, int SignalsSeen, int Snapshots);
