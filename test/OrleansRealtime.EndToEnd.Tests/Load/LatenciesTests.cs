extern alias load;

using System.Diagnostics;
using load::OrleansRealtime.LoadTest.Measuring;

namespace OrleansRealtime.EndToEnd.Tests.Load;

public sealed class LatenciesTests
{
    [Theory]
    [InlineData(0.5, 500)]
    [InlineData(0.99, 990)]
    [InlineData(0.999, 999)]
    [InlineData(1, 1000)]
    public void Percentile_OfAThousand_IsAtMostOneBucketAboveTheValueOfThatRank(double share, double microseconds)
    {
        var latencies = new Latencies();
        for (var i = 1; i <= 1000; i++)
        {
            latencies.Add(i * Stopwatch.Frequency / 1_000_000);
        }

        Assert.InRange(latencies.Microseconds(share), microseconds, microseconds * 33 / 32);
    }

    [Fact]
    public void Percentile_OfOneSlowAmongAHundred_IsTheSlowOneOnlyAtTheEnd()
    {
        var latencies = new Latencies();
        for (var i = 0; i < 99; i++)
        {
            latencies.Add(Stopwatch.Frequency / 1000);
        }

        latencies.Add(Stopwatch.Frequency);

        Assert.InRange(latencies.Microseconds(0.99), 1000, 1040);
        Assert.InRange(latencies.Microseconds(0.995), 1_000_000, 1_040_000);
    }

    [Fact]
    public void Percentile_OfNothing_IsZero()
    {
        var latencies = new Latencies();
        latencies.Add(1);
        latencies.Clear();

        Assert.Equal(0, latencies.Microseconds(0.99));
    }

    [Theory]
    [InlineData(new[] { 3.0 }, 3)]
    [InlineData(new[] { 9.0, 1, 5 }, 5)]
    [InlineData(new[] { 4.0, 1, 2, 9 }, 3)]
    public void Median_OfValues_IsTheMiddle(double[] values, double median) => Assert.Equal(median, Statistics.Median(values));
}
