using System.Diagnostics.Metrics;

namespace OrleansRealtime.Server.WarmUp;

/// <summary>Makes the meters of a rehearsal: under a name of their own, so that nobody who listens to those of the server hears them.</summary>
internal sealed class RehearsalMeters : IMeterFactory
{
    /// <summary>The name of all of them; the rehearsal's own collector listens to what begins like this.</summary>
    public const string MeterName = "orleansrealtime.rehearsal";

    private readonly List<Meter> _meters = [];

    /// <inheritdoc/>
    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(new MeterOptions(MeterName) { Scope = this });
        _meters.Add(meter);
        return meter;
    }

    /// <inheritdoc/>
    public void Dispose() => _meters.ForEach(static meter => meter.Dispose());
}
