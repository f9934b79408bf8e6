using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Tests.Policies;

public sealed class FixedPoliciesTests
{
    private static readonly PolicySurroundings WithoutStore = new(HasStore: false);

    [Fact]
    public void Channel_OfAStatedNamespace_HasItsPolicy()
    {
        var chat = new ChannelPolicy { Namespace = "chat" };
        var policies = new FixedPolicies(WithoutStore, chat);

        Assert.True(policies.TryFind(ChannelName.Parse("chat:general"), out var found));
        Assert.Same(chat, found);
        Assert.False(policies.TryFind(ChannelName.Parse("lobby:1"), out _));
    }

    [Fact]
    public void Channel_OfNoStatedNamespace_HasThatOfAny()
    {
        var any = new ChannelPolicy { Namespace = PolicyValidator.AnyNamespace };

        Assert.True(new FixedPolicies(WithoutStore, any).TryFind(ChannelName.Parse("lobby:1"), out var found));
        Assert.Same(any, found);
    }

    [Theory]
    [InlineData(false, Durability.Memory)]
    [InlineData(true, Durability.Durable)]
    public void UserChannels_Unstated_AreWrittenByServersOnly(bool hasStore, Durability durability)
    {
        var policies = new FixedPolicies(new PolicySurroundings(hasStore));

        Assert.True(policies.TryFind(ChannelName.Parse("@alice"), out var found));
        Assert.Equal((PublisherPolicy.Server, durability), (found.Publishers, found.Durability));
    }

    [Fact]
    public void Policies_WithMistakes_AreRefusedWithAllOfThem()
    {
        var refused = Assert.Throws<ArgumentException>(() => new FixedPolicies(
            WithoutStore,
            new ChannelPolicy { Namespace = "chat", Durability = Durability.Durable },
            new ChannelPolicy { Namespace = "lobby" },
            new ChannelPolicy { Namespace = "lobby" }));

        Assert.Contains("chat:Durability", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'lobby' has 2 policies", refused.Message, StringComparison.Ordinal);
    }
}
