extern alias load;

using load::OrleansRealtime.LoadTest;
using load::OrleansRealtime.LoadTest.Scenarios;

namespace OrleansRealtime.EndToEnd.Tests.Load;

public sealed class BenchArgumentsTests
{
    [Fact]
    public void Arguments_WithoutAny_AreEverythingWithItsDefaults()
    {
        var asked = BenchArguments.TryParse([])!;

        Assert.Equal(Scenario.All, asked.Scenarios);
        Assert.Equal((3, new TrialSettings(5, 128, 15_000), false), (asked.Rounds, asked.Settings, asked.IsSaved));
        Assert.True(asked.Duration() > TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void Arguments_WithAGroup_AreItsScenarios()
    {
        var asked = BenchArguments.TryParse(["payloads", "--rounds", "1"])!;

        Assert.Equal([32, 128, 1024, 16_384], asked.Scenarios.Select(static scenario => scenario.PayloadBytes!.Value));
    }

    [Theory]
    [InlineData("json", "ours,bun")]
    [InlineData("protobuf", "ours-protobuf,bun")]
    [InlineData("both", "ours,ours-protobuf,bun")]
    public void Peers_ForAnEncoding_HaveOursInIt(string encoding, string peers)
    {
        var asked = BenchArguments.TryParse(["saturated", "--peers", "ours,bun", "--encoding", encoding])!;

        Assert.Equal(peers, string.Join(',', asked.PeersOf(asked.Scenarios[0]).Select(static peer => peer.Name)));
    }

    [Fact]
    public void Peers_OfWhatOnlyOursCanDo_AreOurs()
    {
        var asked = BenchArguments.TryParse(["resume-storm", "--peers", "bun,ours"])!;

        Assert.Equal(["ours"], asked.PeersOf(asked.Scenarios[0]).Select(static peer => peer.Name));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("--rounds")]
    [InlineData("--rounds", "0")]
    [InlineData("--payload", "31")]
    [InlineData("--peers", "ours,nobody")]
    [InlineData("--encoding", "xml")]
    [InlineData("--unknown", "1")]
    public void Arguments_ThatMeanNothing_AreRefused(params string[] args) => Assert.Null(BenchArguments.TryParse(args));
}
