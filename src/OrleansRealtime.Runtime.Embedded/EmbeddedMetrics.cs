using System.Diagnostics.Metrics;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>What the embedded runtime measures.</summary>
internal sealed class EmbeddedMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "OrleansRealtime.Runtime";

    private readonly UpDownCounter<long> _activations;
    private readonly Counter<long> _activationFailures;
    private readonly Counter<long> _deactivations;
    private readonly Histogram<double> _turnTime;

    public EmbeddedMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _activations = meter.CreateUpDownCounter<long>(
            "orleansrealtime.runtime.activations", "{actor}", "Actors that are active.");
        _activationFailures = meter.CreateCounter<long>(
            "orleansrealtime.runtime.activation_failures", "{actor}", "Actors that could not be activated.");
        _deactivations = meter.CreateCounter<long>(
            "orleansrealtime.runtime.deactivations", "{actor}", "Actors that were taken down, by reason.");
        _turnTime = meter.CreateHistogram<double>(
            "orleansrealtime.runtime.turn.duration", "s", "How long a turn of an actor took.");
    }

    public TurnTime TurnTime(string kind) => new(_turnTime, Kind(kind));

    public void Activated(string kind) => _activations.Add(1, Kind(kind));

    public void ActivationFailed(string kind) => _activationFailures.Add(1, Kind(kind));

    public void Deactivated(string kind, string reason)
    {
        _activations.Add(-1, Kind(kind));
        _deactivations.Add(1, Kind(kind), new KeyValuePair<string, object?>("reason", reason));
    }

    private static KeyValuePair<string, object?> Kind(string kind) => new("kind", kind);
}
