using OrleansRealtime.Server.Operators;

namespace OrleansRealtime.EndToEnd.Tests.Operators;

public class QuantilesTests
{
    private static readonly double[] Bounds = [1, 2, 4];

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.75, 1.5)]
    [InlineData(1, 2)]
    [InlineData(0.25, 0.5)]
    public void Of_TwoBuckets_LiesStraightBetweenTheirBounds(double share, double expected) =>
        Assert.Equal(expected, Quantiles.Of(Bounds, [10, 10, 0, 0], share));

    [Fact]
    public void Of_ValuesAboveAllBounds_IsTheHighestBound() => Assert.Equal(4, Quantiles.Of(Bounds, [0, 0, 0, 3], 0.5));

    [Fact]
    public void Of_NoValue_IsNothing() => Assert.Null(Quantiles.Of(Bounds, [0, 0, 0, 0], 0.99));
}
