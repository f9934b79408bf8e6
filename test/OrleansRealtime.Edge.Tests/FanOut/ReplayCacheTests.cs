using OrleansRealtime.Edge.FanOut;

namespace OrleansRealtime.Edge.Tests.FanOut;

public class ReplayCacheTests
{
    private const int PayloadBytes = 100;
    private static readonly int Size = Publication(1).Size;

    [Fact]
    public void AddBefore_WithinTheBudget_HoldsBothWithoutASeam()
    {
        var cache = Cache(holds: 20, 11, 12, 13);

        cache.AddBefore([.. Enumerable.Range(2, 9).Select(static number => Publication(number))]);

        Assert.Equal((2, 13, 12), (cache.First, cache.Last, cache.Count));
        for (var number = 2; number <= 13; number++)
        {
            Assert.Equal(number, cache[number].Sequence);
        }
    }

    [Fact]
    public void AddBefore_BeyondTheBudget_KeepsWhatIsNewer()
    {
        var cache = Cache(holds: 5, 11, 12, 13);

        cache.AddBefore([.. Enumerable.Range(2, 9).Select(static number => Publication(number))]);

        Assert.Equal((9, 13), (cache.First, cache.Last));
    }

    [Fact]
    public void Add_AfterAddBefore_LetsGoOfTheOldest()
    {
        var cache = Cache(holds: 4, 3, 4);
        cache.AddBefore([Publication(1), Publication(2)]);

        cache.Add(Publication(5));

        Assert.Equal((2, 5), (cache.First, cache.Last));
        Assert.Equal([2, 3, 4, 5], Enumerable.Range(2, 4).Select(number => cache[number].Sequence));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void HasRoomFor_AsManyAsTheBudgetLeaves_IsTrue(long older, bool hasRoom) =>
        Assert.Equal(hasRoom, Cache(holds: 4, 7, 8).HasRoomFor(older));

    [Fact]
    public void HasRoomFor_OfAnEmptyCache_IsFalse() => Assert.False(Cache(holds: 4).HasRoomFor(1));

    private static ReplayCache Cache(int holds, params long[] numbers)
    {
        var cache = new ReplayCache(holds * Size);
        foreach (var number in numbers)
        {
            cache.Add(Publication(number));
        }

        return cache;
    }

    private static CachedPublication Publication(long number) => new(
        ChannelName.Parse("chat:room"),
        new Publication(number, DateTimeOffset.UnixEpoch, Sender.OfServer("s"), null, null, Payload.Binary(new byte[PayloadBytes])));
}
