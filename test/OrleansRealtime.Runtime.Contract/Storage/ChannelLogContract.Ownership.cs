using System.Collections.Concurrent;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Contract.Storage;

public abstract partial class ChannelLogContract
{
    private const int Rounds = 60;

    [StoreFact]
    public Task Append_ByTwoOwnersOfOneProcess_NeverUsesANumberTwice() =>
        Seeds.TryAsync(1, random => RaceAsync(Log, Log, random));

    [StoreFact]
    public async Task Append_ByTwoProcesses_NeverUsesANumberTwice()
    {
        var second = await Store.OpenSecondAsync();
        await Seeds.TryAsync(1, random => RaceAsync(Log, second, random));
    }

    [StoreFact]
    public async Task Open_ByManyAtOnce_GivesEachAFenceOfItsOwn()
    {
        var second = await Store.OpenSecondAsync();

        var opened = await Task.WhenAll(Enumerable.Range(0, 40).Select(
            i => (i % 2 == 0 ? Log : second).OpenAsync(Room, new Epoch("e" + i), None).AsTask()));

        Assert.Equal(40, opened.Select(static log => log.Fence).Distinct().Count());
        Assert.Single(opened.Select(static log => log.Last.Epoch).Distinct());
    }

    [StoreFact]
    public async Task Append_OfManyChannelsAtOnce_KeepsEachWhole()
    {
        var second = await Store.OpenSecondAsync();
        var channels = Enumerable.Range(0, 30).Select(static i => ChannelName.Parse("many:" + i)).ToList();

        await Task.WhenAll(channels.Select((channel, i) => AppendTwentyAsync(i % 2 == 0 ? Log : second, channel)));

        foreach (var channel in channels)
        {
            var stored = await Log.ReadAsync(channel, First, 0, long.MaxValue, 100, 10_000, None);
            Assert.Equal(Enumerable.Range(1, 20).Select(static i => (long)i), Sequences(stored));
        }
    }

    [StoreFact]
    public async Task Append_NextToRefusedOnes_IsNotTouchedByThem()
    {
        var fences = new Dictionary<ChannelName, Fence>();
        for (var i = 0; i < 30; i++)
        {
            var channel = ChannelName.Parse("many:" + i);
            fences[channel] = (await Log.OpenAsync(channel, First, None)).Fence;
            await Log.AppendAsync(channel, fences[channel], [Text(1, "m1")], None);
        }

        // All of them wait together: a third is fenced off, a third brings a known message id, a third is good.
        var outcomes = await Task.WhenAll(fences.Select((owner, i) => Log.AppendAsync(
            owner.Key,
            i % 3 == 0 ? new Fence(owner.Value.Number - 1) : owner.Value,
            [Text(2, i % 3 == 1 ? "m1" : "m2")],
            None).AsTask()));

        Assert.All(outcomes, static (outcome, i) => Assert.IsType(
            i % 3 == 0 ? typeof(AppendFencedOff) : i % 3 == 1 ? typeof(AppendDuplicates) : typeof(AppendedBatch), outcome));
    }

    private async Task AppendTwentyAsync(IChannelLog log, ChannelName channel)
    {
        var opened = await log.OpenAsync(channel, First, None);
        for (var sequence = 1; sequence <= 20; sequence++)
        {
            Assert.IsType<AppendedBatch>(await log.AppendAsync(channel, opened.Fence, [Text(sequence, "m" + sequence)], None));
        }
    }

    /// <summary>Two owners take the channel from each other and append; each publication names its owner and round.</summary>
    private async Task RaceAsync(IChannelLog first, IChannelLog second, Random random)
    {
        var acknowledged = new ConcurrentDictionary<long, string>();
        await Task.WhenAll(
            OwnAsync("first", first, new Random(random.Next()), acknowledged),
            OwnAsync("second", second, new Random(random.Next()), acknowledged));

        var stored = await ReadAllAsync();
        Assert.Equal(Enumerable.Range(1, stored.Length).Select(static i => (long)i), Sequences(stored));
        Assert.NotEmpty(acknowledged);
        foreach (var publication in stored)
        {
            Assert.Equal(acknowledged.GetValueOrDefault(publication.Sequence), publication.MessageId);
        }

        Assert.Equal(stored.Length, acknowledged.Count);
    }

    private static async Task OwnAsync(
        string owner, IChannelLog log, Random random, ConcurrentDictionary<long, string> acknowledged)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var opened = await log.OpenAsync(Room, First, None);
            var next = opened.Last.Sequence + 1;
            for (var batch = random.Next(1, 6); batch > 0; batch--)
            {
                var publications = Enumerable.Range(0, random.Next(1, 4))
                    .Select(i => Text(next + i, $"{owner}-{round}-{batch}-{i}")).ToList();
                if (await log.AppendAsync(Room, opened.Fence, [.. publications], None) is not AppendedBatch)
                {
                    break;
                }

                Assert.All(publications, publication =>
                    Assert.True(acknowledged.TryAdd(publication.Sequence, publication.MessageId!), "A number was used twice."));
                next += publications.Count;
            }
        }
    }
}
