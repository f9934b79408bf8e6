using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.Resume;

/// <summary>Coming back with a position, in every case that there is. The namespace <c>small</c> keeps ten publications.</summary>
public sealed class ResumeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData(15, 15, 0)]
    [InlineData(15, 12, 3)]
    [InlineData(15, 5, 10)]
    [InlineData(5, 0, 5)]
    public async Task Resume_WithinWhatIsKept_GetsAllThatWasMissedThenLive(int published, int from, int missed)
    {
        var (client, channel, epoch) = await PublishedAsync("small", published);
        await using var _ = client;
        await using var returning = await ConnectAsync();

        var ack = await returning.SubscribeAsync(channel, new Position(epoch, from));
        await client.PublishAsync(channel, "\"live\"");

        Assert.True(ack.Recovered);
        Assert.Equal(missed, ack.Missed);
        Assert.Equal(published, ack.Position.Sequence);
        var publications = await returning.PublicationsAsync(channel, missed + 1);
        Assert.Equal(Enumerable.Range(from + 1, missed + 1).Select(static n => (long)n), publications.Select(static p => p.Sequence));
    }

    [Fact]
    public async Task Resume_BeyondWhatIsKept_SaysSoAndIsLive()
    {
        var (client, channel, epoch) = await PublishedAsync("small", 15);
        await using var _ = client;
        await using var returning = await ConnectAsync();

        var ack = await returning.SubscribeAsync(channel, new Position(epoch, 4));
        await client.PublishAsync(channel, "\"live\"");

        Assert.False(ack.Recovered);
        Assert.Equal(15, ack.Position.Sequence);
        Assert.Equal(16, (await AfterAckAsync(returning, channel, ack)).Sequence);
    }

    [Fact]
    public async Task Resume_OtherEpoch_SaysSo()
    {
        var (client, channel, _) = await PublishedAsync("small", 3);
        await using var _ = client;
        await using var returning = await ConnectAsync();

        var ack = await returning.SubscribeAsync(channel, new Position(new Epoch("long-gone"), 2));

        Assert.False(ack.Recovered);
        Assert.Equal(3, ack.Position.Sequence);
    }

    [Fact]
    public async Task Resume_AheadOfTheChannel_SaysSo()
    {
        var (client, channel, epoch) = await PublishedAsync("small", 3);
        await using var _ = client;
        await using var returning = await ConnectAsync();

        var ack = await returning.SubscribeAsync(channel, new Position(epoch, 4));

        Assert.False(ack.Recovered);
        Assert.Equal(new Position(epoch, 3), ack.Position);
    }

    [Fact]
    public async Task Subscribe_LastTwo_GetsThemFirst()
    {
        var (client, channel, _) = await PublishedAsync("small", 5);
        await using var _ = client;
        await using var newcomer = await ConnectAsync();

        await newcomer.SubscribeAsync(channel, last: 2);

        Assert.Equal([4L, 5L], (await newcomer.PublicationsAsync(channel, 2)).Select(static p => p.Sequence));
    }

    [Fact]
    public async Task Resume_CompactChannelBeyondWhatIsKept_GetsTheSnapshotThenLive()
    {
        var channel = shared.Name("memo:");
        await using var client = await ConnectAsync();
        var first = await client.PublishAsync(channel, "\"old\"", key: "a");
        await client.PublishAsync(channel, "\"kept\"", key: "b");
        for (var i = 0; i < 20; i++)
        {
            await client.PublishAsync(channel, $"{i}", key: "a");
        }

        await using var returning = await ConnectAsync();
        var ack = await returning.SubscribeAsync(channel, first.Position);
        await client.PublishAsync(channel, "\"live\"", key: "c");

        Assert.False(ack.Recovered);
        Assert.True(ack.Snapshot);
        Assert.Equal(2, ack.Missed);
        var publications = await returning.PublicationsAsync(channel, 3);
        Assert.Equal([("b", 2L), ("a", 22L), ("c", 23L)], publications.Select(static p => (p.Key!, p.Sequence)));
    }

    [Fact]
    public async Task Resume_WhilePublishing_HasNoSeam()
    {
        var channel = shared.Name("chat:");
        await using var publisher = await ConnectAsync();
        var epoch = (await publisher.PublishAsync(channel, "0")).Position.Epoch;
        var publishing = PublishManyAsync(publisher, channel, 300);
        for (var round = 0; round < 5; round++)
        {
            await using var returning = await ConnectAsync();
            var ack = await returning.SubscribeAsync(channel, new Position(epoch, 1));
            Assert.True(ack.Recovered);
            var publications = await returning.PublicationsAsync(channel, (int)ack.Missed + (round == 0 ? 10 : 0));
            Assert.Equal(Enumerable.Range(2, publications.Count).Select(static n => (long)n), publications.Select(static p => p.Sequence));
        }

        await publishing;
    }

    [Fact]
    public async Task EventStream_LastEventId_ResumesEveryChannel()
    {
        var (one, two) = (shared.Name("chat:"), shared.Name("chat:"));
        await using var publisher = await ConnectAsync();
        string? lastId;
        await using (var events = await TestEventStream.OpenAsync(shared.Address, $"{one},{two}", TestTokens.For("ann")))
        {
            await events.AwaitAsync<AckFrame>();
            await events.AwaitAsync<AckFrame>();
            await publisher.PublishAsync(one, "1");
            await publisher.PublishAsync(two, "1");
            await events.AwaitAsync<PublicationFrame>();
            await events.AwaitAsync<PublicationFrame>();
            lastId = events.LastEventId;
        }

        Assert.NotNull(lastId);
        await publisher.PublishAsync(one, "2");
        await publisher.PublishAsync(two, "2");
        await using var again = await TestEventStream.OpenAsync(
            shared.Address, $"{one},{two}", TestTokens.For("ann"), lastEventId: lastId);

        var publications = new[] { await again.AwaitAsync<PublicationFrame>(), await again.AwaitAsync<PublicationFrame>() };
        Assert.Equal(new[] { one, two }.Order(), publications.Select(static frame => frame.Channel.Value).Order());
        Assert.All(publications, static frame => Assert.Equal(2, frame.Publication.Sequence));
    }

    // What is kept may still follow an answer of recovered: false; it must ascend, and live must come after it.
    private static async Task<Publication> AfterAckAsync(TestConnection client, string channel, SubscribedAck ack)
    {
        for (var last = 0L; ;)
        {
            var publication = await client.NextPublicationAsync(channel);
            Assert.True(publication.Sequence > last, $"{publication.Sequence} came after {last}");
            last = publication.Sequence;
            if (last > ack.Position.Sequence)
            {
                return publication;
            }
        }
    }

    private static async Task PublishManyAsync(TestConnection publisher, string channel, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            await publisher.PublishAsync(channel, $"{i}");
        }
    }

    private Task<TestConnection> ConnectAsync() =>
        TestConnection.ConnectAsAsync(shared.Address, TestTokens.For(shared.Name("user")));

    private async Task<(TestConnection Client, string Channel, Epoch Epoch)> PublishedAsync(string @namespace, int count)
    {
        var channel = shared.Name(@namespace + ":");
        var client = await ConnectAsync();
        var epoch = default(Epoch);
        for (var i = 1; i <= count; i++)
        {
            epoch = (await client.PublishAsync(channel, $"{i}")).Position.Epoch;
        }

        return (client, channel, epoch);
    }
}
