namespace OrleansRealtime.Client.Tests.PublicApi;

/// <summary>What applications may use is what was approved.</summary>
public class PublicApiTests
{
    [Fact]
    public void PublicApi_IsTheApprovedOne() => Testing.PublicApi.AssertApproved(typeof(RealtimeClient).Assembly, "OrleansRealtime.Client.Tests");
}
