using OrleansRealtime.Edge.Http;

namespace OrleansRealtime.Edge.Limits;

/// <summary>What became of a handshake before anything else was looked at.</summary>
/// <param name="Refusal">Why not, or null.</param>
/// <param name="Lease">When admitted: to be disposed once, when the connection ends. Null when refused.</param>
internal sealed record AdmissionOutcome(HttpRefusal? Refusal, Admission.Lease? Lease);
