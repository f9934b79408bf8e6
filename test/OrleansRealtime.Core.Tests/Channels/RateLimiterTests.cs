using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Tests.Channels;

public sealed class RateLimiterTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Sender Ann = Sender.OfUser(UserId.Parse("ann"));
    private static readonly Sender Bob = Sender.OfUser(UserId.Parse("bob"));

    [Fact]
    public void TryTake_BurstOfASecond_PassesAndTheNextWaitsItsShare()
    {
        var rates = new RateLimiter();
        var limits = new ChannelLimits(0, PublishesPerSecondPerSender: 10, PublishesPerSecond: 0);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(TimeSpan.Zero, rates.TryTake(limits, Ann, false, Start)));

        var wait = rates.TryTake(limits, Ann, false, Start);

        Assert.InRange(wait, TimeSpan.FromMilliseconds(99.9), TimeSpan.FromMilliseconds(100));
        Assert.NotEqual(TimeSpan.Zero, rates.TryTake(limits, Ann, false, Start + wait - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(TimeSpan.Zero, rates.TryTake(limits, Ann, false, Start + wait));
        Assert.Equal(TimeSpan.Zero, rates.TryTake(limits, Bob, false, Start));
    }

    [Fact]
    public void TryTake_RefusedByTheChannel_CostsTheSenderNothing()
    {
        var rates = new RateLimiter();
        var limits = new ChannelLimits(0, PublishesPerSecondPerSender: 1, PublishesPerSecond: 1);
        Assert.Equal(TimeSpan.Zero, rates.TryTake(limits, Bob, false, Start));

        Assert.NotEqual(TimeSpan.Zero, rates.TryTake(limits, Ann, false, Start));

        Assert.Equal(TimeSpan.Zero, rates.TryTake(limits with { PublishesPerSecond = 0 }, Ann, false, Start));
    }

    [Fact]
    public void TryTake_RefusedBySender_CostsTheChannelNothing()
    {
        var rates = new RateLimiter();
        var limits = new ChannelLimits(0, PublishesPerSecondPerSender: 1, PublishesPerSecond: 2);
        rates.TryTake(limits, Ann, false, Start);
        Assert.NotEqual(TimeSpan.Zero, rates.TryTake(limits, Ann, false, Start));

        Assert.Equal(TimeSpan.Zero, rates.TryTake(limits, Bob, false, Start));
    }

    [Fact]
    public void TryTake_TrustedSender_IsBoundByTheChannelOnly()
    {
        var rates = new RateLimiter();
        var limits = new ChannelLimits(0, PublishesPerSecondPerSender: 1, PublishesPerSecond: 3);

        var waits = Enumerable.Range(0, 4).Select(_ => rates.TryTake(limits, Ann, isTrusted: true, Start) > TimeSpan.Zero);

        Assert.Equal([false, false, false, true], waits);
    }

    [Fact]
    public void TryTake_MoreSendersThanAreTracked_ShareABucketUntilOthersAreForgotten()
    {
        var rates = new RateLimiter();
        var limits = new ChannelLimits(0, PublishesPerSecondPerSender: 1, PublishesPerSecond: 0);
        for (var i = 0; i < RateLimiter.MaxSenders; i++)
        {
            Assert.Equal(TimeSpan.Zero, rates.TryTake(limits, Sender.FromValue($"s{i}"), false, Start));
        }

        Assert.Equal(TimeSpan.Zero, rates.TryTake(limits, Ann, false, Start));
        Assert.NotEqual(TimeSpan.Zero, rates.TryTake(limits, Bob, false, Start));
        Assert.Equal(RateLimiter.MaxSenders, rates.TrackedSenders);

        var later = Start + TokenBucket.FillTime;
        Assert.Equal(TimeSpan.Zero, rates.TryTake(limits, Ann, false, later));
        Assert.Equal(TimeSpan.Zero, rates.TryTake(limits, Bob, false, later));
        Assert.Equal(2, rates.TrackedSenders);
    }
}
