using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Core.Tests.Channels;

/// <summary>A channel at 20 that buffers 11 to 20 and retains from 5 on; and the corners beside it.</summary>
public sealed class ReplayPlanTests
{
    private static readonly Epoch Here = new("here");
    private static readonly Position Head = new(Here, 20);

    [Theory]
    [InlineData(20, nameof(ReplayKind.Nothing), 20, false)] // up to date
    [InlineData(19, nameof(ReplayKind.Buffer), 19, false)]
    [InlineData(11, nameof(ReplayKind.Buffer), 11, false)] // within the buffer
    [InlineData(10, nameof(ReplayKind.Buffer), 10, false)] // at its edge: the next one is the oldest there
    [InlineData(9, nameof(ReplayKind.Log), 9, false)] // beyond it
    [InlineData(5, nameof(ReplayKind.Log), 5, false)]
    [InlineData(4, nameof(ReplayKind.Log), 4, false)] // the next one is the oldest retained
    [InlineData(3, nameof(ReplayKind.Log), 4, true)] // 4 is gone
    [InlineData(0, nameof(ReplayKind.Log), 4, true)]
    [InlineData(21, nameof(ReplayKind.Log), 4, true)] // ahead of the channel
    public void Forward_FromASequence_ReadsOnFromThereOrSaysThatItIsLost(long from, string kind, long after, bool isLost)
    {
        var plan = ReplayPlan.Forward(new Position(Here, from), Head, oldestBuffered: 11, oldestRetained: 5);

        Assert.Equal(new ReplayPlan(Enum.Parse<ReplayKind>(kind), after, 20, isLost), plan);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(20)]
    public void Forward_FromAnotherEpoch_IsLostAndStartsWithTheOldest(long from)
    {
        var plan = ReplayPlan.Forward(new Position(new Epoch("there"), from), Head, oldestBuffered: 11, oldestRetained: 5);

        Assert.Equal(new ReplayPlan(ReplayKind.Log, 4, 20, IsLost: true), plan);
    }

    [Fact]
    public void Forward_FromNowhere_StartsWithTheOldestAndIsNotLost() => Assert.Equal(
        new ReplayPlan(ReplayKind.Log, 4, 20, IsLost: false),
        ReplayPlan.Forward(null, Head, oldestBuffered: 11, oldestRetained: 5));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Forward_EmptyChannel_HasNothing(long from, bool isLost) => Assert.Equal(
        new ReplayPlan(ReplayKind.Nothing, 0, 0, isLost),
        ReplayPlan.Forward(new Position(Here, from), new Position(Here, 0), oldestBuffered: 1, oldestRetained: 1));

    [Theory]
    [InlineData(20, false)]
    [InlineData(19, true)]
    public void Forward_NothingRetained_IsLostUnlessUpToDate(long from, bool isLost) => Assert.Equal(
        new ReplayPlan(ReplayKind.Nothing, 20, 20, isLost),
        ReplayPlan.Forward(new Position(Here, from), Head, oldestBuffered: 21, oldestRetained: 21));

    [Theory]
    [InlineData(20, nameof(ReplayKind.Buffer), 10, 19, false)]
    [InlineData(12, nameof(ReplayKind.Buffer), 10, 11, false)]
    [InlineData(11, nameof(ReplayKind.Log), 4, 10, false)]
    [InlineData(6, nameof(ReplayKind.Log), 4, 5, false)]
    [InlineData(5, nameof(ReplayKind.Nothing), 4, 4, false)]
    [InlineData(1, nameof(ReplayKind.Nothing), 0, 0, false)]
    [InlineData(21, nameof(ReplayKind.Buffer), 10, 20, true)]
    public void Backward_FromASequence_ReadsWhatComesBefore(long from, string kind, long after, long through, bool isLost)
    {
        var plan = ReplayPlan.Backward(new Position(Here, from), Head, oldestBuffered: 11, oldestRetained: 5);

        Assert.Equal(new ReplayPlan(Enum.Parse<ReplayKind>(kind), after, through, isLost), plan);
    }

    [Fact]
    public void Backward_FromNowhere_StartsWithTheNewest() => Assert.Equal(
        new ReplayPlan(ReplayKind.Buffer, 10, 20, IsLost: false),
        ReplayPlan.Backward(null, Head, oldestBuffered: 11, oldestRetained: 5));

    [Fact]
    public void Backward_FromAnotherEpoch_IsLostAndStartsWithTheNewest() => Assert.Equal(
        new ReplayPlan(ReplayKind.Buffer, 10, 20, IsLost: true),
        ReplayPlan.Backward(new Position(new Epoch("there"), 7), Head, oldestBuffered: 11, oldestRetained: 5));
}
