using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Tests.Policies;

public class PolicyValidatorTests
{
    private static readonly PolicySurroundings WithStore = new(HasStore: true, MaxClientMessageBytes: 128 * 1024);
    private static readonly ChannelPolicy Chat = new() { Namespace = "chat" };

    public static TheoryData<string, ChannelPolicy, string, string> Impossible => new()
    {
        { "none and compact", Chat with { Durability = Durability.None, SlowReader = SlowReaderPolicy.Drop, Compact = true }, "Compact", "Durability to memory or durable" },
        { "none and catchup", Chat with { Durability = Durability.None }, "SlowReader", "SlowReader to drop, latest or close" },
        { "none and a resume window", Chat with { Durability = Durability.None, SlowReader = SlowReaderPolicy.Drop, ResumeWindow = TimeSpan.FromSeconds(1) }, "ResumeWindow", "leave ResumeWindow out" },
        { "no publication kept", WithReplay(count: 0), "Replay:Count", "set Durability to none" },
        { "too many publications kept", WithReplay(count: PolicyValidator.MaxReplayCount + 1), "Replay:Count", "1 to 1000000" },
        { "less than one message", WithReplay(bytes: 65535), "Replay:Bytes", "raise Replay:Bytes or lower Limits:MessageBytes" },
        { "too many bytes kept", WithReplay(bytes: PolicyValidator.MaxReplayBytes + 1), "Replay:Bytes", "lower it" },
        { "kept too shortly", WithReplay(age: TimeSpan.FromMilliseconds(999)), "Replay:Age", "00:00:01" },
        { "kept too long", WithReplay(age: TimeSpan.FromDays(3651)), "Replay:Age", "3650 days" },
        { "resume beyond what is kept", Chat with { ResumeWindow = TimeSpan.FromHours(1) + TimeSpan.FromTicks(1) }, "ResumeWindow", "raise Replay:Age or lower ResumeWindow" },
        { "negative resume window", Chat with { ResumeWindow = TimeSpan.FromTicks(-1) }, "ResumeWindow", "leave it out" },
        { "empty messages only", WithLimits(bytes: 0), "Limits:MessageBytes", "1 to 16777216" },
        { "messages beyond all bounds", WithLimits(bytes: PolicyValidator.MaxMessageBytes + 1) with { Replay = new(1, PolicyValidator.MaxReplayBytes, TimeSpan.FromHours(1)) }, "Limits:MessageBytes", "1 to 16777216" },
        { "messages that no client can send", WithLimits(bytes: 128 * 1024 + 1), "Limits:MessageBytes", "Realtime:Edge:MaxMessageBytes" },
        { "negative rate of a sender", WithLimits(perSender: -1), "Limits:PublishesPerSecondPerSender", "0 means no limit" },
        { "negative rate of a channel", WithLimits(perChannel: -1), "Limits:PublishesPerSecond", "0 means no limit" },
        { "rate beyond all bounds", WithLimits(perChannel: PolicyValidator.MaxPublishesPerSecond + 1), "Limits:PublishesPerSecond", "0 to 1000000" },
        { "a sender faster than the channel", WithLimits(perSender: 51, perChannel: 50), "Limits:PublishesPerSecondPerSender", "lower it or raise that one" },
        { "users write to user channels", new ChannelPolicy { Namespace = "@" }, "Publishers", "set Publishers to server" },
        { "presence in user channels", new ChannelPolicy { Namespace = "@", Publishers = PublisherPolicy.Server, Presence = PresencePolicy.Count }, "Presence", "set Presence to off" },
    };

    public static TheoryData<string, ChannelPolicy> Possible => new()
    {
        { "the defaults", Chat },
        { "any namespace", Chat with { Namespace = "*" } },
        { "user channels", new ChannelPolicy { Namespace = "@", Publishers = PublisherPolicy.Server } },
        { "durable with a store", Chat with { Durability = Durability.Durable } },
        { "nothing kept", Chat with { Durability = Durability.None, SlowReader = SlowReaderPolicy.Drop } },
        { "resume as long as kept", Chat with { ResumeWindow = TimeSpan.FromHours(1) } },
        { "exactly one message kept", WithReplay(count: 1, bytes: 65536) },
        { "smallest limits", WithLimits(bytes: 1, perSender: 1, perChannel: 1) },
        { "no rates", WithLimits(perSender: 0, perChannel: 0) },
        { "one sender may use a limitless channel", WithLimits(perSender: 1000, perChannel: 0) },
        { "servers may send what clients cannot", WithLimits(bytes: 256 * 1024) with { Publishers = PublisherPolicy.Server } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Validate_ImpossiblePolicy_NamesTheOptionAndTheRemedy(
        string because, ChannelPolicy policy, string option, string remedy)
    {
        var mistake = Assert.Single(PolicyValidator.Validate(policy, WithStore));

        Assert.True(option == mistake.Option, because);
        Assert.Contains(remedy, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Possible))]
    public void Validate_PossiblePolicy_FindsNothing(string because, ChannelPolicy policy)
    {
        Assert.True(PolicyValidator.Validate(policy, WithStore).Count == 0, because);
    }

    [Fact]
    public void Validate_DurableWithoutStore_SaysHowToGetOne()
    {
        var mistake = Assert.Single(
            PolicyValidator.Validate(Chat with { Durability = Durability.Durable }, WithStore with { HasStore = false }));

        Assert.Equal("Durability", mistake.Option);
        Assert.Contains("Realtime:Storage:Provider", mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:b")]
    [InlineData(":")]
    [InlineData("@alice")]
    [InlineData("chat room")]
    [InlineData("chät")]
    [InlineData("chat*")]
    public void Validate_BadNamespaceName_IsRefused(string name)
    {
        var mistake = Assert.Single(PolicyValidator.Validate(Chat with { Namespace = name }, WithStore));

        Assert.Equal("", mistake.Option);
        Assert.Contains($"'{name}'", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SeveralMistakes_ReportsAll()
    {
        var policy = WithLimits(perSender: -1) with { Replay = new(0, 1, TimeSpan.Zero) };

        Assert.Equal(
            ["Replay:Count", "Replay:Bytes", "Replay:Age", "Limits:PublishesPerSecondPerSender"],
            PolicyValidator.Validate(policy, WithStore).Select(mistake => mistake.Option));
    }

    private static ChannelPolicy WithReplay(int count = 1000, long bytes = 1024 * 1024, TimeSpan? age = null) =>
        Chat with { Replay = new ReplayPolicy(count, bytes, age ?? TimeSpan.FromHours(1)) };

    private static ChannelPolicy WithLimits(int bytes = 65536, int perSender = 50, int perChannel = 5000) =>
        Chat with { Limits = new ChannelLimits(bytes, perSender, perChannel) };
}
