using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OrleansRealtime.Server.Metrics;

/// <summary>
/// Adds up what the meters of this server, of Orleans and of the .NET runtime measure, from its creation on. Safe for concurrent use.
/// </summary>
/// <remarks>Create it before the first connection: levels such as open connections are sums of ups and downs.</remarks>
internal sealed class MetricsCollector : IDisposable
{
    private const string OwnMeters = "orleansrealtime.";
    private const string OrleansMeter = "Microsoft.Orleans";
    private const string RuntimeMeter = "System.Runtime";

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MetricFamily> _observed = new(StringComparer.Ordinal);
    private readonly Lock _reading = new();
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _factory;

    /// <summary>Starts to listen.</summary>
    /// <param name="factory">The factory of the meters to listen to; those of another host in this process have another one.</param>
    public MetricsCollector(IMeterFactory factory)
    {
        _factory = factory;
        _listener.InstrumentPublished = Enable;
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, family) => Whole(family, value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, family) => Whole(family, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => Whole(family, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => Whole(family, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, family) => Real(family, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => Real(family, value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, family) => Real(family, (double)value, tags));
        _listener.Start();
    }

    /// <summary>Calls <paramref name="write"/> for each family, by name, after observable instruments were asked.</summary>
    public void Read(Action<MetricFamily> write)
    {
        // One reader at a time, or two would add up what observable instruments say.
        lock (_reading)
        {
            foreach (var family in _observed.Values)
            {
                family.Clear();
            }

            _listener.RecordObservableInstruments();
            foreach (var family in _families.Values.OrderBy(static family => family.Name, StringComparer.Ordinal))
            {
                write(family);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Enable(Instrument instrument, MeterListener listener)
    {
        var isOurs = instrument.Meter.Scope == _factory
            && (instrument.Meter.Name == OrleansMeter || instrument.Meter.Name.StartsWith(OwnMeters, StringComparison.OrdinalIgnoreCase));
        if (!isOurs && instrument.Meter.Name != RuntimeMeter)
        {
            return;
        }

        var kind = KindOf(instrument);
        var name = MetricNames.OfFamily(instrument.Name, instrument.Unit, kind);
        var family = _families.GetOrAdd(name, _ => new MetricFamily(
            name,
            instrument.Description ?? "",
            kind,
            kind == MetricKind.Histogram ? MetricNames.BoundsOf(instrument.Unit) : []));

        // A name of another kind that is taken: mixing both would make the page unreadable for all.
        if (family.Kind != kind)
        {
            return;
        }

        if (instrument.IsObservable)
        {
            _observed[name] = family;
        }

        listener.EnableMeasurementEvents(instrument, family);
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : type == typeof(Histogram<>) ? MetricKind.Histogram
            : MetricKind.Gauge;
    }

    private static void Whole(object? family, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Record(value, tags);

    private static void Real(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Record(value, tags);
}
