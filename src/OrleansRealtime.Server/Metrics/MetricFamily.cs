namespace OrleansRealtime.Server.Metrics;

/// <summary>All series of one name. Safe for concurrent use; measuring allocates only for labels not seen before.</summary>
internal sealed class MetricFamily
{
    /// <summary>How many series a family has at most; what comes later is counted in one series labelled <c>overflow="true"</c>.</summary>
    // Labels are codes, reasons and kinds, a dozen each. The bound is there for the day when one of them is not.
    public const int MaxSeries = 200;

    private static readonly KeyValuePair<string, object?>[] OverflowTags = [new("overflow", "true")];

    private readonly Lock _lock = new();
    private readonly double[] _bounds;
    private volatile MetricSeries[] _series = [];

    /// <summary>Creates a family without series.</summary>
    public MetricFamily(string name, string help, MetricKind kind, double[] bounds)
    {
        Name = name;
        Help = help;
        Kind = kind;
        _bounds = bounds;
    }

    /// <summary>The name on the page.</summary>
    public string Name { get; }

    /// <summary>What it means, for people.</summary>
    public string Help { get; }

    /// <summary>What it is.</summary>
    public MetricKind Kind { get; }

    /// <summary>Its series, in the order in which they appeared.</summary>
    public IReadOnlyList<MetricSeries> Series => _series;

    /// <summary>Adds a measurement of whole numbers.</summary>
    public void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags);
        series.Add(value);
        if (Kind == MetricKind.Histogram)
        {
            series.Count(value);
        }
    }

    /// <summary>Adds a measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags);
        series.Add(value);
        if (Kind == MetricKind.Histogram)
        {
            series.Count(value);
        }
    }

    /// <summary>Forgets all series: those of observable instruments are told anew, in full, at each reading.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _series = [];
        }
    }

    // Few series and no allocation: a walk is cheaper than hashing the labels.
    private MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags) => FindIn(_series, tags) ?? AddSeries(tags);

    private static MetricSeries? FindIn(MetricSeries[] all, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in all)
        {
            if (series.Has(tags))
            {
                return series;
            }
        }

        return null;
    }

    private MetricSeries AddSeries(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (_series.Length >= MaxSeries - 1)
            {
                tags = OverflowTags;
            }

            if (FindIn(_series, tags) is { } known)
            {
                return known;
            }

            var added = new MetricSeries(tags, _bounds);
            _series = [.. _series, added];
            return added;
        }
    }
}
