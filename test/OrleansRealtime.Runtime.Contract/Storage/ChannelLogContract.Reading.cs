using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Contract.Storage;

public abstract partial class ChannelLogContract
{
    [StoreFact]
    public async Task Read_BetweenTwoSequences_LeavesOutTheLowerAndGivesTheUpper()
    {
        await StoreAsync(10);

        Assert.Equal([4, 5, 6], await ReadAsync(after: 3, through: 6));
    }

    [StoreFact]
    public async Task Read_AtTheEdges_GivesWhatThereIs()
    {
        await StoreAsync(3);

        Assert.Equal([1], await ReadAsync(after: 0, through: 1));
        Assert.Equal([3], await ReadAsync(after: 2, through: 3));
        Assert.Equal([3], await ReadAsync(after: 2, through: long.MaxValue));
        Assert.Equal([1, 2, 3], await ReadAsync(after: -5, through: long.MaxValue));
        Assert.Empty(await ReadAsync(after: 3, through: long.MaxValue));
        Assert.Empty(await ReadAsync(after: long.MaxValue, through: long.MaxValue));
        Assert.Empty(await ReadAsync(after: 2, through: 2));
        Assert.Empty(await ReadAsync(after: 3, through: 1));
    }

    [StoreFact]
    public async Task Read_UnknownChannelOrEpoch_GivesNothing()
    {
        await StoreAsync(3);

        Assert.Empty(await Log.ReadAsync(Room, new Epoch("e2"), 0, 3, 10, 1000, None));
        Assert.Empty(await Log.ReadAsync(Room, default, 0, 3, 10, 1000, None));
        Assert.Empty(await Log.ReadAsync(ChannelName.Parse("chat:none"), First, 0, 3, 10, 1000, None));
    }

    [StoreFact]
    public async Task Read_MaxCount_EndsThePageAtTheOldest()
    {
        await StoreAsync(10);

        Assert.Equal([3, 4, 5], await ReadAsync(after: 2, through: 10, maxCount: 3));
        Assert.Equal([9, 10], await ReadAsync(after: 8, through: 10, maxCount: 3));
    }

    [StoreFact]
    public async Task Read_MaxBytes_EndsThePageButNeverBeforeTheFirst()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        await AppendAsync(opened.Fence, [.. Enumerable.Range(1, 5).Select(i => Text(i, json: "\"12345678\""))]);

        Assert.Equal([1], await ReadAsync(after: 0, through: 5, maxBytes: 1));
        Assert.Equal([2, 3], await ReadAsync(after: 1, through: 5, maxBytes: 20));
        Assert.Equal([1, 2, 3, 4, 5], await ReadAsync(after: 0, through: 5, maxBytes: 50));
    }

    [StoreFact]
    public async Task Read_PageAfterPage_GivesEverythingOnceInOrder()
    {
        await StoreAsync(25);
        var all = new List<long>();
        while (await ReadAsync(after: all.LastOrDefault(), through: 25, maxCount: 4) is [_, ..] page)
        {
            all.AddRange(page);
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(static i => (long)i), all);
    }

    private async Task StoreAsync(int count)
    {
        var opened = await Log.OpenAsync(Room, First, None);
        await AppendAsync(opened.Fence, 1, count);
    }

    private async Task<List<long>> ReadAsync(
        long after, long through, int maxCount = int.MaxValue, long maxBytes = long.MaxValue) =>
        [.. Sequences(await Log.ReadAsync(Room, First, after, through, maxCount, maxBytes, None))];
}
