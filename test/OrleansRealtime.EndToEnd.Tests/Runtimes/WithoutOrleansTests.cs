namespace OrleansRealtime.EndToEnd.Tests.Runtimes;

public class WithoutOrleansTests
{
    [Fact(Skip = "Built without Orleans: the package sources lack some of its packages (see Orleans.props).")]
    public void OrleansRuntime_IsNotBuiltIn_SoTheTestsOfItsServersAreSkipped()
    {
    }
}
