using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Server.Metrics;

namespace OrleansRealtime.EndToEnd.Tests.Metrics;

public sealed class MetricsCollectorTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IMeterFactory _factory;
    private readonly MetricsCollector _collector;
    private readonly Meter _meter;

    public MetricsCollectorTests()
    {
        _factory = _services.GetRequiredService<IMeterFactory>();
        _collector = new MetricsCollector(_factory);
        _meter = _factory.Create("orleansrealtime.test");
    }

    public void Dispose()
    {
        _collector.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Counter_WithAndWithoutLabels_AddsUp()
    {
        var counter = _meter.CreateCounter<long>("orleansrealtime.test.closes", "{connection}", "Ends.");
        counter.Add(2);
        counter.Add(3, new KeyValuePair<string, object?>("code", 4508));
        counter.Add(4, new KeyValuePair<string, object?>("code", 4508));

        var page = Page();

        Assert.Equal("counter", page.Types["orleansrealtime_test_closes_total"]);
        Assert.Equal("Ends.", page.Help["orleansrealtime_test_closes_total"]);
        Assert.Equal(2, page.Samples["orleansrealtime_test_closes_total"]);
        Assert.Equal(7, page.Samples["orleansrealtime_test_closes_total|code=4508"]);
    }

    [Fact]
    public void UpDownCounter_IsAGauge()
    {
        var open = _meter.CreateUpDownCounter<long>("orleansrealtime.test.open");
        open.Add(3);
        open.Add(-1);

        var page = Page();

        Assert.Equal("gauge", page.Types["orleansrealtime_test_open"]);
        Assert.Equal(2, page.Samples["orleansrealtime_test_open"]);
    }

    [Fact]
    public void ObservableGauge_IsAskedAtEachReading_AndForgetsWhatIsGone()
    {
        var level = 5;
        string[] shards = ["a", "b"];
        _meter.CreateObservableGauge(
            "orleansrealtime.test.level",
            () => shards.Select(shard => new Measurement<int>(level, new KeyValuePair<string, object?>("shard", shard))));
        Assert.Equal(5, Page().Samples["orleansrealtime_test_level|shard=b"]);

        level = 6;
        shards = ["a"];
        var page = Page();

        Assert.Equal(6, page.Samples["orleansrealtime_test_level|shard=a"]);
        Assert.DoesNotContain("orleansrealtime_test_level|shard=b", page.Samples);
    }

    [Fact]
    public void Histogram_CountsIntoCumulativeBuckets_BoundsIncluded()
    {
        var duration = _meter.CreateHistogram<double>("orleansrealtime.test.duration", "s");
        duration.Record(0.001);
        duration.Record(0.0011);
        duration.Record(60);

        var page = Page();

        Assert.Equal("histogram", page.Types["orleansrealtime_test_duration_seconds"]);
        Assert.Equal(0, page.Samples["orleansrealtime_test_duration_seconds_bucket|le=0.0005"]);
        Assert.Equal(1, page.Samples["orleansrealtime_test_duration_seconds_bucket|le=0.001"]);
        Assert.Equal(2, page.Samples["orleansrealtime_test_duration_seconds_bucket|le=10"]);
        Assert.Equal(3, page.Samples["orleansrealtime_test_duration_seconds_bucket|le=+Inf"]);
        Assert.Equal(3, page.Samples["orleansrealtime_test_duration_seconds_count"]);
        Assert.Equal(60.0021, page.Samples["orleansrealtime_test_duration_seconds_sum"], precision: 6);
    }

    [Fact]
    public void LabelsAndHelp_OfAnyText_AreEscaped()
    {
        var counter = _meter.CreateCounter<double>("orleansrealtime.test.odd-name", null, "a \\ and\na line");
        counter.Add(0.5, new KeyValuePair<string, object?>("what.it is", "a \"quote\", a \\ and\na line}"), new("null", null));

        var page = Page();

        Assert.Equal("a \\ and\na line", page.Help["orleansrealtime_test_odd_name_total"]);
        Assert.Equal(0.5, page.Samples["orleansrealtime_test_odd_name_total|null=|what_it_is=a \"quote\", a \\ and\na line}"]);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void Gauge_OfNoFiniteValue_IsWrittenAndDoesNotHang(double value)
    {
        var counter = _meter.CreateUpDownCounter<double>("orleansrealtime.test.broken");
        counter.Add(value);
        counter.Add(1);

        Assert.Equal(value, Page().Samples["orleansrealtime_test_broken"]);
    }

    [Fact]
    public void Family_OfTooManyLabels_IsBounded_AndStillCountsAll()
    {
        var counter = _meter.CreateCounter<long>("orleansrealtime.test.users");
        for (var i = 0; i < 10_000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("user", i));
        }

        var samples = Page().Samples.Where(sample => sample.Key.StartsWith("orleansrealtime_test_users", StringComparison.Ordinal)).ToList();

        Assert.Equal(MetricFamily.MaxSeries, samples.Count);
        Assert.Equal(10_000, samples.Sum(static sample => sample.Value));
        Assert.Contains("orleansrealtime_test_users_total|overflow=true", samples.Select(static sample => sample.Key));
    }

    [Fact]
    public void Counter_OfManyThreads_LosesNothing()
    {
        var counter = _meter.CreateCounter<long>("orleansrealtime.test.whole");
        var time = _meter.CreateHistogram<double>("orleansrealtime.test.real", "s");
        Parallel.For(0, 8, worker =>
        {
            for (var i = 0; i < 5000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("worker", (worker + i) % 20));
                time.Record(0.5);
            }
        });

        var page = Page();

        Assert.Equal(
            40_000,
            page.Samples.Where(static sample => sample.Key.StartsWith("orleansrealtime_test_whole", StringComparison.Ordinal)).Sum(static sample => sample.Value));
        Assert.Equal(20_000, page.Samples["orleansrealtime_test_real_seconds_sum"]);
        Assert.Equal(40_000, page.Samples["orleansrealtime_test_real_seconds_count"]);
    }

    [Fact]
    public void Meters_OfOthers_AreLeftAlone()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        other.GetRequiredService<IMeterFactory>().Create("orleansrealtime.test").CreateCounter<long>("orleansrealtime.test.other").Add(1);
        _factory.Create("Microsoft.Something").CreateCounter<long>("something").Add(1);

        var page = Page();

        Assert.DoesNotContain(page.Types.Keys, static name => name.Contains("other", StringComparison.Ordinal) || name.Contains("something", StringComparison.Ordinal));
    }

    [Fact]
    public void Measuring_LabelsSeenBefore_AllocatesNothing()
    {
        var counter = _meter.CreateCounter<long>("orleansrealtime.test.hot");
        var tag = new KeyValuePair<string, object?>("transport", "websocket");
        counter.Add(1, tag);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            counter.Add(1, tag);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private PrometheusPage Page()
    {
        var text = new StringBuilder();
        _collector.Read(family => PrometheusText.Write(text, family));
        return PrometheusPage.Parse(text.ToString());
    }
}
