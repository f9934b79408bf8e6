using System.Diagnostics.Metrics;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>What a silo measures of its actors and of its ways to edges. Safe for concurrent use.</summary>
internal sealed class RealtimeMetrics
{
    /// <summary>The name of the meter, which the embedded runtime uses too: what both measure has the same names.</summary>
    public const string MeterName = "OrleansRealtime.Runtime";

    private readonly UpDownCounter<long> _activations;
    private readonly Counter<long> _activationFailures;
    private readonly Counter<long> _deactivations;
    private readonly Counter<long> _messagesLost;

    public RealtimeMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _activations = meter.CreateUpDownCounter<long>(
            "orleansrealtime.runtime.activations", "{actor}", "Actors that are active.");
        _activationFailures = meter.CreateCounter<long>(
            "orleansrealtime.runtime.activation_failures", "{actor}", "Actors that could not be activated.");
        _deactivations = meter.CreateCounter<long>(
            "orleansrealtime.runtime.deactivations", "{actor}", "Actors that were taken down, by reason.");
        _messagesLost = meter.CreateCounter<long>(
            "orleansrealtime.runtime.messages_lost", "{message}", "Messages to edges in other silos that did not arrive.");
    }

    public void Activated(string kind) => _activations.Add(1, Kind(kind));

    public void ActivationFailed(string kind) => _activationFailures.Add(1, Kind(kind));

    public void Deactivated(string kind, string reason)
    {
        _activations.Add(-1, Kind(kind));
        _deactivations.Add(1, Kind(kind), new KeyValuePair<string, object?>("reason", reason));
    }

    public void MessagesLost(int count) => _messagesLost.Add(count);

    private static KeyValuePair<string, object?> Kind(string kind) => new("kind", kind);
}
