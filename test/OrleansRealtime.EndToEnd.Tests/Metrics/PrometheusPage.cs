using System.Globalization;
using System.Text;

namespace OrleansRealtime.EndToEnd.Tests.Metrics;

/// <summary>
/// A strict reader of Prometheus' text format 0.0.4, written from its description and not from our writer. What is not of that
/// format throws.
/// </summary>
internal sealed class PrometheusPage
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _help = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    private PrometheusPage()
    {
    }

    /// <summary>The type of each family.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>The help of each family, unescaped.</summary>
    public IReadOnlyDictionary<string, string> Help => _help;

    /// <summary>Each value by its series, written <c>name|label=value|…</c> with labels in order of name.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    public static PrometheusPage Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var page = new PrometheusPage();
        foreach (var line in text[..^1].Split('\n'))
        {
            page.ReadLine(line);
        }

        page.CheckHistograms();
        return page;
    }

    private void ReadLine(string line)
    {
        if (line.StartsWith("# ", StringComparison.Ordinal))
        {
            var parts = line.Split(' ', 4);
            Assert.Contains(parts[1], new[] { "HELP", "TYPE" });
            Assert.True((parts[1] == "HELP" ? _help : _types).TryAdd(parts[2], Unescape(parts[3])), $"said twice: {line}");
            return;
        }

        var at = 0;
        var name = ReadName(line, ref at);
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (line[at] == '{')
        {
            at++;
            while (line[at] != '}')
            {
                var label = ReadName(line, ref at);
                Assert.Equal("=\"", line.Substring(at, 2));
                at += 2;
                labels.Add(label, ReadQuoted(line, ref at));
                at += line[at] == ',' ? 1 : 0;
            }

            at++;
        }

        Assert.Equal(' ', line[at]);
        Assert.True(_types.ContainsKey(FamilyOf(name)), $"no TYPE before: {line}");
        var series = labels.Aggregate(name, static (all, label) => $"{all}|{label.Key}={label.Value}");
        Assert.True(_samples.TryAdd(series, ReadNumber(line[(at + 1)..])), $"the series stands twice: {line}");
    }

    private string FamilyOf(string name)
    {
        foreach (var suffix in new[] { "_bucket", "_sum", "_count" })
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal)
                && _types.TryGetValue(name[..^suffix.Length], out var type) && type == "histogram")
            {
                return name[..^suffix.Length];
            }
        }

        return name;
    }

    private static string ReadName(string line, ref int at)
    {
        var start = at;
        while (at < line.Length && (char.IsAsciiLetterOrDigit(line[at]) || line[at] is '_' or ':'))
        {
            at++;
        }

        Assert.True(at > start && !char.IsAsciiDigit(line[start]), $"no name at {start}: {line}");
        return line[start..at];
    }

    private static string ReadQuoted(string line, ref int at)
    {
        var start = at;
        while (line[at] != '"')
        {
            at += line[at] == '\\' ? 2 : 1;
        }

        return Unescape(line[start..at++]);
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            plain.Append(text[i] != '\\' ? text[i] : text[++i] == 'n' ? '\n' : text[i]);
        }

        return plain.ToString();
    }

    private static double ReadNumber(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private void CheckHistograms()
    {
        foreach (var (name, _) in _types.Where(static type => type.Value == "histogram"))
        {
            foreach (var (series, count) in _samples.Where(sample => IsOf(sample.Key, name + "_count")))
            {
                var labels = series[(name.Length + "_count".Length)..];
                var buckets = _samples
                    .Where(sample => IsOf(sample.Key, name + "_bucket"))
                    .Select(sample => (Labels: WithoutBound(sample.Key[(name.Length + "_bucket".Length)..], out var bound), Bound: bound, sample.Value))
                    .Where(bucket => bucket.Labels == labels)
                    .ToList();
                Assert.Equal(buckets.OrderBy(static bucket => bucket.Bound), buckets);
                Assert.Equal(buckets.Select(static bucket => bucket.Value).Order(), buckets.Select(static bucket => bucket.Value));
                Assert.Equal(double.PositiveInfinity, buckets[^1].Bound);
                Assert.Equal(count, buckets[^1].Value);
                Assert.Contains($"{name}_sum{labels}", _samples);
            }
        }
    }

    private static bool IsOf(string series, string name) => series == name || series.StartsWith(name + '|', StringComparison.Ordinal);

    private static string WithoutBound(string labels, out double bound)
    {
        var parts = labels.Split('|');
        bound = ReadNumber(parts.Single(static part => part.StartsWith("le=", StringComparison.Ordinal))[3..]);
        return string.Join('|', parts.Where(static part => !part.StartsWith("le=", StringComparison.Ordinal)));
    }
}
