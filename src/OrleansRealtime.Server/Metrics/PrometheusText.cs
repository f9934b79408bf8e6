using System.Globalization;
using System.Text;

namespace OrleansRealtime.Server.Metrics;

/// <summary>Writes families in Prometheus' text format 0.0.4. Pure.</summary>
internal static class PrometheusText
{
    /// <summary>What the page says it is.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Appends a family; nothing when it has no series yet.</summary>
    public static void Write(StringBuilder page, MetricFamily family)
    {
        var all = family.Series;
        if (all.Count == 0)
        {
            return;
        }

        page.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape(family.Help, quotes: false)).Append('\n');
        page.Append("# TYPE ").Append(family.Name).Append(' ').Append(WordFor(family.Kind)).Append('\n');
        foreach (var series in all)
        {
            if (family.Kind == MetricKind.Histogram)
            {
                WriteHistogram(page, family.Name, series);
            }
            else
            {
                WriteSample(page, family.Name, series, bound: null, series.Value);
            }
        }
    }

    private static void WriteHistogram(StringBuilder page, string name, MetricSeries series)
    {
        // The count is that of the last bucket by construction, however many measurements arrive meanwhile.
        long count = 0;
        for (var i = 0; i <= series.Bounds.Length; i++)
        {
            count += series.InBucket(i);
            var bound = i < series.Bounds.Length ? series.Bounds[i] : double.PositiveInfinity;
            WriteSample(page, name + "_bucket", series, Number(bound), count);
        }

        WriteSample(page, name + "_sum", series, bound: null, series.Value);
        WriteSample(page, name + "_count", series, bound: null, count);
    }

    private static void WriteSample(StringBuilder page, string name, MetricSeries series, string? bound, double value)
    {
        page.Append(name);
        var separator = '{';
        foreach (var (key, label) in series.Tags)
        {
            var text = Convert.ToString(label, CultureInfo.InvariantCulture) ?? "";
            page.Append(separator).Append(MetricNames.Clean(key)).Append("=\"").Append(Escape(text, quotes: true)).Append('"');
            separator = ',';
        }

        if (bound is not null)
        {
            page.Append(separator).Append("le=\"").Append(bound).Append('"');
            separator = ',';
        }

        page.Append(separator == ',' ? "} " : " ").Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string WordFor(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };

    private static string Escape(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
