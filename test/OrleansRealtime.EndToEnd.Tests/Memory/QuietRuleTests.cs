using OrleansRealtime.Server.Memory;

namespace OrleansRealtime.EndToEnd.Tests.Memory;

/// <summary>When the heap is compacted, at times that the test sets.</summary>
public class QuietRuleTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly NodeActivity Storm = new(QuietRule.MinMoves, 0, 0);

    [Fact]
    public void Heap_IsCompactedWhenItIsQuietLongEnoughAfterAStorm_AndNotATickEarlier()
    {
        var rule = After(Storm);

        Assert.False(rule.Look(Storm, 0, Second(1) + QuietRule.Quiet - Tick));
        Assert.True(rule.Look(Storm, 0, Second(1) + QuietRule.Quiet));
    }

    [Fact]
    public void Heap_IsCompactedOnceForOneStorm()
    {
        var rule = After(Storm);
        rule.Look(Storm, 0, Second(5));

        Assert.False(rule.Look(Storm, 0, Second(5) + (2 * QuietRule.Rest)));
    }

    [Fact]
    public void Heap_IsNotCompactedForAFew()
    {
        var few = Storm with { Moves = QuietRule.MinMoves - 1 };

        Assert.False(After(few).Look(few, 0, Second(60)));
    }

    [Fact]
    public void Heap_IsNotCompactedWhereTooMuchWouldHaveToBeMoved()
    {
        var rule = After(Storm);

        Assert.False(rule.Look(Storm, QuietRule.MaxBytesInUse + 1, Second(5)));
        Assert.True(rule.Look(Storm, QuietRule.MaxBytesInUse, Second(6)));
    }

    [Fact]
    public void Heap_OfANodeThatIsStormedAgainAndAgain_RestsBetweenTimes()
    {
        var rule = After(Storm);
        Assert.True(rule.Look(Storm, 0, Second(5)));
        var more = Storm with { Moves = 2 * QuietRule.MinMoves };
        rule.Look(more, 0, Second(6));

        Assert.False(rule.Look(more, 0, Second(5) + QuietRule.Rest - Tick));
        Assert.True(rule.Look(more, 0, Second(5) + QuietRule.Rest));
    }

    [Theory]
    [InlineData(11, 0, 0)]
    [InlineData(0, 101, 0)]
    [InlineData(0, 0, (16 * 1024) + 1)]
    public void Node_ThatDoesSomething_IsNotQuiet(long moves, long publications, long bytes)
    {
        var rule = After(Storm);

        for (var second = 2; second < 20; second++)
        {
            var done = second - 1;
            var total = new NodeActivity(Storm.Moves + (done * moves), done * publications, done * bytes);
            Assert.False(rule.Look(total, 0, Second(second)));
        }
    }

    [Fact]
    public void Node_ThatDoesNextToNothing_IsQuiet()
    {
        var rule = After(Storm);

        Assert.True(rule.Look(new NodeActivity(Storm.Moves + 20, 200, 32 * 1024), 0, Second(3)));
    }

    private static QuietRule After(NodeActivity activity)
    {
        var rule = new QuietRule(TimeSpan.Zero);
        rule.Look(activity, 0, Second(1));
        return rule;
    }

    private static TimeSpan Second(int second) => TimeSpan.FromSeconds(second);
}
