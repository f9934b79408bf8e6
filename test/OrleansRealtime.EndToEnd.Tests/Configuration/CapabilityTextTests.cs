using OrleansRealtime.Server.Development;

namespace OrleansRealtime.EndToEnd.Tests.Configuration;

public class CapabilityTextTests
{
    [Fact]
    public void TryParse_SeveralEntries_AddUp()
    {
        Assert.True(CapabilityText.TryParse("chat:*=subscribe, publish; news=subscribe;chat:*=history", out var capabilities, out _));

        Assert.Equal(ChannelRights.Subscribe | ChannelRights.Publish | ChannelRights.History, capabilities["chat:*"]);
        Assert.Equal(ChannelRights.Subscribe, capabilities["news"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void TryParse_Nothing_IsNoCapability(string? text)
    {
        Assert.True(CapabilityText.TryParse(text, out var capabilities, out _));
        Assert.Empty(capabilities);
    }

    [Theory]
    [InlineData("chat:*", "write channel=right")]
    [InlineData("chat room=subscribe", "write channel=right")]
    [InlineData("a=b=c", "write channel=right")]
    [InlineData("chat:*=subscribe,fly", "'fly' is no right")]
    public void TryParse_Nonsense_SaysWhatIsMeant(string text, string remedy)
    {
        Assert.False(CapabilityText.TryParse(text, out _, out var fault));
        Assert.Contains(remedy, fault, StringComparison.Ordinal);
    }
}
