extern alias load;

using load::OrleansRealtime.LoadTest.Measuring;
using load::OrleansRealtime.LoadTest.Peers;
using load::OrleansRealtime.LoadTest.Scenarios;

namespace OrleansRealtime.EndToEnd.Tests.Load;

/// <summary>The bench's storm of resumes with few clients: not how fast it is, but that all come back whole.</summary>
public sealed class ResumeStormTests
{
    [Theory]
    [InlineData(Peer.OursName)]
    [InlineData(Peer.OursInProtobufName)]
    public async Task Clients_ThatComeBackAfterACrash_HaveExactlyWhatTheyMissed_FromOneReadOfTheLogPerChannel(string name)
    {
        var peer = Peer.All.Single(peer => peer.Name == name);
        await using var trial = new Trial(peer, new TrialSettings(Seconds: 1, PayloadBytes: 128, Connections: 200));

        await ResumeStorm.RunAsync(trial);
        await trial.CheckAsync();

        Assert.All(Figure.MustBeZero, figure => Assert.Equal(0, trial.Figures.GetValueOrDefault(figure)));
        Assert.Equal(0, trial.Figures[Figure.NotWhole]);
        Assert.Equal(1, trial.Figures[Figure.LogReadsPerChannel]);
    }
}
