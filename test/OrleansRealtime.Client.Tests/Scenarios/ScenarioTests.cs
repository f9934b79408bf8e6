namespace OrleansRealtime.Client.Tests.Scenarios;

/// <summary>What a client does when things go wrong, and what its application sees of it: the same list for every SDK.</summary>
public class ScenarioTests
{
    public static TheoryData<string, int?> Cases()
    {
        var cases = new TheoryData<string, int?>();
        foreach (var (name, code) in ScenarioFile.Cases)
        {
            cases.Add(name, code);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Client_InEachScenario_DoesWhatTheListSays(string name, int? code)
    {
        await using var world = new ScenarioWorld();
        await new ScenarioRunner(world).RunAsync(ScenarioFile.StepsOf(name, code));
    }
}
