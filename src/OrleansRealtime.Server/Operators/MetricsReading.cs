using System.Globalization;
using OrleansRealtime.Server.Metrics;

namespace OrleansRealtime.Server.Operators;

/// <summary>What the meters stood at in one moment. Immutable once read.</summary>
internal sealed class MetricsReading
{
    private readonly Dictionary<string, List<(string Label, double Value)>> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (double[] Bounds, double[] Counts)> _histograms = new(StringComparer.Ordinal);

    /// <summary>Reads all families of <paramref name="collector"/>.</summary>
    public static MetricsReading Of(MetricsCollector collector)
    {
        var reading = new MetricsReading();
        collector.Read(reading.Take);
        return reading;
    }

    /// <summary>The sum over all labels; 0 when nothing was measured yet.</summary>
    public double Sum(string family) => _values.TryGetValue(family, out var all) ? all.Sum(static one => one.Value) : 0;

    /// <summary>By the value of the first label, with a prefix.</summary>
    public IEnumerable<KeyValuePair<string, double>> ByLabel(string family, string prefix = "") =>
        _values.TryGetValue(family, out var all)
            ? all.Where(static one => one.Value != 0).Select(one => KeyValuePair.Create(prefix + one.Label, one.Value))
            : [];

    /// <summary>How the values of a histogram are spread that came after an earlier reading.</summary>
    /// <param name="family">The histogram.</param>
    /// <param name="since">The earlier reading.</param>
    /// <param name="factor">What to multiply with, e.g. 1000 for milliseconds from seconds.</param>
    public Spread SpreadSince(string family, MetricsReading since, double factor)
    {
        if (!_histograms.TryGetValue(family, out var now))
        {
            return new Spread(0, null, null, null);
        }

        var before = since._histograms.TryGetValue(family, out var earlier) ? earlier.Counts : new double[now.Counts.Length];
        var counts = now.Counts.Zip(before, static (one, other) => one - other).ToArray();
        return new Spread(
            counts.Sum(),
            Quantiles.Of(now.Bounds, counts, 0.5) * factor,
            Quantiles.Of(now.Bounds, counts, 0.95) * factor,
            Quantiles.Of(now.Bounds, counts, 0.99) * factor);
    }

    private void Take(MetricFamily family)
    {
        if (family.Kind == MetricKind.Histogram)
        {
            TakeHistogram(family);
            return;
        }

        var values = new List<(string, double)>();
        foreach (var series in family.Series)
        {
            values.Add((LabelOf(series), series.Value));
        }

        _values[family.Name] = values;
    }

    private void TakeHistogram(MetricFamily family)
    {
        foreach (var series in family.Series)
        {
            if (!_histograms.TryGetValue(family.Name, out var sum))
            {
                _histograms[family.Name] = sum = (series.Bounds.ToArray(), new double[series.Bounds.Length + 1]);
            }

            for (var i = 0; i < sum.Counts.Length; i++)
            {
                sum.Counts[i] += series.InBucket(i);
            }
        }
    }

    private static string LabelOf(MetricSeries series) =>
        series.Tags.Length > 0 ? Convert.ToString(series.Tags[0].Value, CultureInfo.InvariantCulture) ?? "" : "";
}
