extern alias load;

using System.Xml.Linq;
using load::OrleansRealtime.LoadTest.Measuring;
using load::OrleansRealtime.LoadTest.Reporting;

namespace OrleansRealtime.EndToEnd.Tests.Load;

public sealed class ReportTests
{
    private readonly BenchResults _run = new(
        DateTimeOffset.UnixEpoch, "c0ffee", new Machine(2, "a processor", 4, "Linux", ".NET"), new Dictionary<string, string>(), []);

    [Fact]
    public void Table_OfTwoPeers_HasMediansSpreadsAndRatiosToOurs()
    {
        Add("ours", Figure.CpuPerDelivery, 2, 4, 3);
        Add("bun", Figure.CpuPerDelivery, 6, 1, 1.5);

        var table = Report.Table(_run, "saturated");

        Assert.Contains("| | ours | bun |", table, StringComparison.Ordinal);
        Assert.Contains(
            "| server µs per delivery | 3.00 (2.00 to 4.00) | 1.50 (1.00 to 6.00) · 0.50 × |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_OfWhatMustBeZero_HasARowOnlyWhenItIsNot()
    {
        Add("ours", Figure.Lost, 0);
        Add("ours", Figure.Doubled, 0, 2);

        var table = Report.Table(_run, "saturated");

        Assert.DoesNotContain("| lost |", table, StringComparison.Ordinal);
        Assert.Contains("| doubled or reordered |", table, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.1, true)]
    [InlineData(1.11, false)]
    public void Bar_OfARatioOfMedians_IsReachedUpToItsLimit(double ours, bool isReached)
    {
        Add("ours", Figure.CpuPerDelivery, ours, 100, 0);
        Add("bun", Figure.CpuPerDelivery, 1);
        var bar = Bar.All.Single(static bar => bar.Name == "saturated, CPU per delivery ÷ Bun's");

        Assert.Equal(isReached, bar.IsReached(_run));
        Assert.EndsWith(isReached ? "| ≤ 1.10 | pass |" : "| ≤ 1.10 | **miss** |", bar.Row(_run), StringComparison.Ordinal);
    }

    [Fact]
    public void Bar_OfAFloor_IsReachedFromItsLimitOn()
    {
        var bar = Bar.All.Single(static bar => bar.Name == "connect storm, connects per second");
        Add("ours", Figure.ConnectsPerSecond, "connect-storm", 8000);
        Assert.True(bar.IsReached(_run));

        Add("ours", Figure.ConnectsPerSecond, "connect-storm", 7000);
        Assert.False(bar.IsReached(_run));
    }

    [Fact]
    public void Bar_OfWhatWasNotMeasured_IsNeitherReachedNorMissed()
    {
        Add("ours", Figure.CpuPerDelivery, 1);

        Assert.Null(Bar.All.Single(static bar => bar.Name == "saturated, CPU per delivery ÷ Bun's").IsReached(_run));
        Assert.Contains("- not measured: saturated, CPU per delivery ÷ Bun's", Report.Bars(_run), StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_AreThoseOfOursInAnyEncoding_AndNotOfPeers()
    {
        Add("ours", Figure.Lost, 0, 0, 3);
        Add("ours-protobuf", Figure.ConnectionsLost, 1);
        Add("bun", Figure.Lost, 5);

        Assert.Equal(
            ["saturated, ours, round 3: 3.00 lost", "saturated, ours-protobuf, round 1: 1.00 connections lost"], _run.Faults());
    }

    [Fact]
    public void Run_ThatIsSavedAndRead_IsTheSame()
    {
        Add("ours", Figure.CpuPerDelivery, 1.25, 2.5);
        var file = Path.GetTempFileName();
        try
        {
            _run.Write(file);
            var read = BenchResults.Read(file);

            Assert.Equal((_run.When, _run.Commit, _run.Machine), (read.When, read.Commit, read.Machine));
            Assert.Equal([1.25, 2.5], read.Values("saturated", "ours", Figure.CpuPerDelivery));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Plot_OfARun_HasABarForEachPeerThatWasMeasured_AndKnowsTheDark()
    {
        Add("ours", Figure.CpuPerDelivery, 1);
        Add("bun", Figure.CpuPerDelivery, 2);

        var svg = Plot.Draw(_run);

        var bars = XDocument.Parse(svg).Descendants().Where(static one => one.Name.LocalName == "rect").ToList();
        Assert.Equal(["ours", "peer"], bars.Select(static bar => bar.Attribute("class")!.Value));
        Assert.Equal((double)bars[1].Attribute("width")!, (double)bars[0].Attribute("width")! * 2, 0.2);
        Assert.Contains("prefers-color-scheme: dark", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void FirstPage_WithAnEarlierRun_ShowsThisOneInItsPlace()
    {
        Add("ours", Figure.CpuPerDelivery, 1, 2, 3);

        var page = FirstPage.Show("before\n<!-- bench -->\nan earlier run\n<!-- /bench -->\nafter\n", _run, "today");

        Assert.StartsWith("before\n<!-- bench -->\n![", page, StringComparison.Ordinal);
        Assert.EndsWith("[all figures and verdicts](infra/bench/today.md).\n<!-- /bench -->\nafter\n", page, StringComparison.Ordinal);
        Assert.Contains("| Saturated fan-out: CPU per delivery, µs | 2.00 |", page, StringComparison.Ordinal);
        Assert.Contains("medians of 3 rounds", page, StringComparison.Ordinal);
        Assert.DoesNotContain("earlier", page, StringComparison.Ordinal);
    }

    [Fact]
    public void FirstPage_WithoutAPlaceForARun_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() => FirstPage.Show("no place", _run, "today"));

    private void Add(string peer, string figure, params double[] values) => Add(peer, figure, "saturated", values);

    private void Add(string peer, string figure, string scenario, params double[] values)
    {
        foreach (var value in values)
        {
            _run.Add(scenario, peer, new Dictionary<string, double> { [figure] = value });
        }
    }
}
