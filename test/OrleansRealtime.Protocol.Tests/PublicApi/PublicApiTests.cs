namespace OrleansRealtime.Protocol.Tests.PublicApi;

/// <summary>What applications may use is what was approved.</summary>
public class PublicApiTests
{
    [Fact]
    public void Abstractions_AreTheApprovedOnes() => Testing.PublicApi.AssertApproved(typeof(ChannelName).Assembly, "OrleansRealtime.Protocol.Tests");

    [Fact]
    public void Protocol_IsTheApprovedOne() => Testing.PublicApi.AssertApproved(typeof(IFrameCodec).Assembly, "OrleansRealtime.Protocol.Tests");
}
