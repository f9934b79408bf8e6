using System.Diagnostics.Metrics;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>Adds up what the edge's meter of one factory measures, by instrument and labels. Safe for concurrent use.</summary>
internal sealed class MeterReader : IDisposable
{
    private readonly Dictionary<string, double> _sums = [];
    private readonly Dictionary<string, List<double>> _values = [];
    private readonly Dictionary<string, double> _observed = [];
    private readonly MeterListener _listener = new();

    public MeterReader(IMeterFactory factory)
    {
        // Meters of other tests have the same name; the factory is the scope of its own.
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == EdgeMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>What an instrument stands at, by its name without the meter's, and the values of its labels.</summary>
    public double Of(string name)
    {
        lock (_sums)
        {
            _observed.Clear();
            _listener.RecordObservableInstruments();
            return _observed.GetValueOrDefault(name, _sums.GetValueOrDefault(name));
        }
    }

    /// <summary>Each value that was measured.</summary>
    public IReadOnlyList<double> ValuesOf(string name)
    {
        lock (_sums)
        {
            return [.. _values.GetValueOrDefault(name, [])];
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name[(EdgeMetrics.MeterName.Length + 1)..];
        foreach (var tag in tags)
        {
            name += tag.Value is string text ? " " + text : "";
        }

        lock (_sums)
        {
            var sums = instrument.IsObservable ? _observed : _sums;
            sums[name] = sums.GetValueOrDefault(name) + value;
            _values.TryAdd(name, []);
            _values[name].Add(value);
        }
    }
}
