using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Contract.Storage;

public abstract partial class ChannelLogContract
{
    [StoreFact]
    public async Task Trim_ByCount_KeepsTheLatest()
    {
        await StoreAsync(10);
        Log.SetRetention(Room, Keep(count: 3), compact: false);

        await Store.TrimAsync();

        await AssertStoredAsync(8, 9, 10);
        Assert.Equal([8, 9, 10], await ReadAsync(after: 3, through: 10));
        Assert.Equal(8, (await Log.OpenAsync(Room, First, None)).Oldest);
    }

    [StoreFact]
    public async Task Trim_MoreThanOneTransactionTakes_GoesOnToTheEnd()
    {
        await StoreAsync(2500);
        Log.SetRetention(Room, Keep(count: 2), compact: false);

        await Store.TrimAsync();

        await AssertStoredAsync(2499, 2500);
    }

    [StoreFact]
    public async Task Trim_ByBytes_KeepsWhatFits()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        await AppendAsync(opened.Fence, [.. Enumerable.Range(1, 5).Select(i => Text(i, json: "\"12345678\""))]);
        Log.SetRetention(Room, Keep(bytes: 29), compact: false);

        await Store.TrimAsync();

        await AssertStoredAsync(4, 5);
        await AppendAsync(opened.Fence, Text(6, json: "\"1234567890123456789\""));
        await Store.TrimAsync();
        await AssertStoredAsync(6);
    }

    [StoreFact]
    public async Task Trim_ByAge_KeepsWhatIsYoungEnough()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        Log.SetRetention(Room, Keep(age: TimeSpan.FromMinutes(10)), compact: false);
        await AppendAsync(opened.Fence, 1, 2);
        Store.Time.Advance(TimeSpan.FromMinutes(5));
        await AppendAsync(opened.Fence, 3, 2);

        Store.Time.Advance(TimeSpan.FromMinutes(5));
        await Store.TrimAsync();
        await AssertStoredAsync(1, 2, 3, 4);

        Store.Time.Advance(TimeSpan.FromMilliseconds(1));
        await Store.TrimAsync();
        await AssertStoredAsync(3, 4);
    }

    [StoreFact]
    public async Task Trim_OfEverything_KeepsTheNumberAndTheEpoch()
    {
        var before = await Log.OpenAsync(Room, First, None);
        await AppendAsync(before.Fence, 1, 3);
        Log.SetRetention(Room, Keep(age: TimeSpan.FromMinutes(10)), compact: false);
        Store.Time.Advance(TimeSpan.FromHours(1));
        await Store.TrimAsync();
        await AssertStoredAsync();
        await Store.RestartAsync();

        var after = await Log.OpenAsync(Room, new Epoch("e2"), None);

        Assert.Equal(new Position(First, 3), after.Last);
        Assert.Equal(4, after.Oldest);
        await AppendAsync(after.Fence, 4, 1);
        await AssertStoredAsync(4);
    }

    [StoreFact]
    public async Task Trim_AfterRetentionWasChanged_FollowsTheLatest()
    {
        await StoreAsync(10);
        Log.SetRetention(Room, Keep(count: 8), compact: false);
        await Store.TrimAsync();
        await AssertStoredAsync(3, 4, 5, 6, 7, 8, 9, 10);

        Log.SetRetention(Room, Keep(count: 2), compact: false);
        await Store.TrimAsync();

        await AssertStoredAsync(9, 10);
    }

    [StoreFact]
    public async Task Compact_Trimmed_KeepsTheLatestOfEachKeyOutsideTheRun()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        Log.SetRetention(Room, Keep(count: 2), compact: true);
        await AppendAsync(
            opened.Fence,
            Text(1, key: "a", json: "1"), Text(2, key: "b", json: "2"), Text(3, key: "a", json: "3"), Text(4), Text(5), Text(6, key: "c", json: "6"));

        await Store.TrimAsync();

        Assert.Equal(["b2", "a3", "c6"], await LatestAsync());
        await AssertStoredAsync(5, 6);
        Assert.Equal([5, 6], await ReadAsync(after: 1, through: 6));
        Assert.Equal(5, (await Log.OpenAsync(Room, First, None)).Oldest);
    }

    [StoreFact]
    public async Task Compact_KeySetAnew_ReplacesTheOneThatWasKept()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        Log.SetRetention(Room, Keep(count: 1), compact: true);
        await AppendAsync(opened.Fence, Text(1, key: "a", json: "1"), Text(2));
        await Store.TrimAsync();
        Assert.Equal(["a1"], await LatestAsync());

        await AppendAsync(opened.Fence, Text(3, key: "a", json: "3"), Text(4));
        Assert.Equal(["a3"], await LatestAsync());
        await Store.TrimAsync();

        Assert.Equal(["a3"], await LatestAsync());
        await AssertStoredAsync(4);
    }

    [StoreFact]
    public async Task Compact_Tombstone_RemovesItsKeyForGood()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        Log.SetRetention(Room, Keep(count: 1), compact: true);
        await AppendAsync(opened.Fence, Text(1, key: "a", json: "1"), Text(2, key: "b", json: "2"), Text(3));
        await Store.TrimAsync();

        await AppendAsync(opened.Fence, Text(4, key: "a", json: "null"));
        Assert.Equal(["b2"], await LatestAsync());
        await AppendAsync(opened.Fence, Text(5));
        await Store.TrimAsync();

        Assert.Equal(["b2"], await LatestAsync());
    }

    [StoreFact]
    public async Task Compact_MessageIdOfAKeptKey_IsKnownBeyondItsRetention()
    {
        var opened = await Log.OpenAsync(Room, First, None);
        Log.SetRetention(Room, Keep(count: 1), compact: true);
        await AppendAsync(opened.Fence, Text(1, "m1", key: "a", time: Store.Time.Now), Text(2, time: Store.Time.Now));

        Store.Time.Advance(Log.MessageIdRetention + TimeSpan.FromHours(1));
        await Store.TrimAsync();

        Assert.Equal(["a1"], await LatestAsync());
        Assert.Equal(new Position(First, 1), await Log.FindMessageAsync(Room, Alice, "m1", None));
    }

    [StoreFact]
    public async Task LatestByKey_WithoutKeysOrChannel_IsEmpty()
    {
        await StoreAsync(3);

        Assert.Empty(await LatestAsync());
        Assert.Empty(await Log.ReadLatestByKeyAsync(Room, new Epoch("e2"), None));
        Assert.Empty(await Log.ReadLatestByKeyAsync(ChannelName.Parse("chat:none"), First, None));
    }

    private async Task<List<string>> LatestAsync() =>
    [
        .. (await Log.ReadLatestByKeyAsync(Room, First, None)).Select(static publication =>
            publication.Key + System.Text.Encoding.UTF8.GetString(publication.Payload.Bytes.Span)),
    ];
}
