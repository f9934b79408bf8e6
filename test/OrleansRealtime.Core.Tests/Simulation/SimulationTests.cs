using OrleansRealtime.Testing;
using Xunit.Abstractions;

namespace OrleansRealtime.Core.Tests.Simulation;

public sealed class SimulationTests(ITestOutputHelper output)
{
    /// <summary>Runs in continuous integration; set to more at night.</summary>
    private static readonly int Runs =
        int.TryParse(Environment.GetEnvironmentVariable("ORLEANSREALTIME_SIMULATIONS"), out var runs) ? runs : 300;

    [Fact]
    public void Simulation_AnySeed_KeepsThePromises()
    {
        var first = Seeds.Next(output.WriteLine);
        var crashes = 0;
        var published = 0;
        var (grants, signals, snapshots) = (0, 0, 0);
        for (var i = 0; i < Runs; i++)
        {
            var summary = Simulation.Run(unchecked(first + i));
            crashes += summary.Crashes;
            published += summary.Published;
            grants += summary.GrantsAcknowledged;
            signals += summary.SignalsSeen;
            snapshots += summary.Snapshots;
        }

        // A simulation in which nothing happens proves nothing.
        Assert.True(crashes > Runs, $"{crashes} crashes in {Runs} runs");
        Assert.True(published > 20 * Runs, $"{published} publications in {Runs} runs");
        Assert.True(grants > 2 * Runs, $"{grants} grants in {Runs} runs");
        Assert.True(signals > 2 * Runs, $"{signals} signals in {Runs} runs");
        Assert.True(snapshots > 2 * Runs, $"{snapshots} snapshots in {Runs} runs");
    }

    [Fact]
    public void Simulation_SameSeed_GivesTheSameRun() => Assert.Equal(Simulation.Run(4711), Simulation.Run(4711));
}
