using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.SlowReaders;

/// <summary>Subscribers that hardly read. How slowly is in the test's hands: nothing is read unless it says so.</summary>
[Collection(ServerProcesses.Name)]
public sealed class SlowReaderTests
{
    private const int SlowReaders = 20;
    private const int Publications = 6000;
    private const int Batch = 100;

    // 12 MB in all; twenty queues without a limit would hold 240 MB.
    private static readonly string Data = $"\"{new string('x', 2000)}\"";

    [Fact]
    public async Task CatchUp_ReaderOfSingleBytes_SlowsNobodyCostsLittleAndGetsAll()
    {
        const string Channel = "catchup:busy";
        await using var server = await ServerProcess.StartAsync(ServerSettings.InMemory);
        var slow = new List<TestConnection>();
        for (var i = 0; i < SlowReaders; i++)
        {
            var reader = await TestConnection.ConnectAsAsync(
                server.Address, TestTokens.For($"slow-{i}"), new TestConnectionOptions { ReceiveBufferBytes = 8 * 1024 });
            await reader.SubscribeAsync(Channel);
            slow.Add(reader);
        }

        await using var fast = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("fast"));
        await fast.SubscribeAsync(Channel);
        await using var publisher = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("publisher"));
        var before = server.ResidentBytes;
        var readBefore = slow[0].BytesRead;

        for (var sent = 0; sent < Publications; sent += Batch)
        {
            await PublishBatchAsync(publisher, Channel);
            var received = await fast.PublicationsAsync(Channel, Batch);
            Assert.Equal(Enumerable.Range(sent + 1, Batch).Select(static n => (long)n), received.Select(static p => p.Sequence));
            await slow[0].PullAsync(maxBytes: 1);
        }

        Assert.Equal(Publications / Batch, slow[0].BytesRead - readBefore);
        var grown = server.ResidentBytes - before;
        Assert.True(grown < 120_000_000, $"The server grew by {grown} bytes for {SlowReaders} slow readers.");

        // What they did not read is still theirs, in order.
        var caughtUp = await slow[0].PublicationsAsync(Channel, Publications);
        Assert.Equal(Enumerable.Range(1, Publications).Select(static n => (long)n), caughtUp.Select(static p => p.Sequence));
        Assert.DoesNotContain(slow[0].Unclaimed, static frame => frame is GapFrame);
        foreach (var reader in slow)
        {
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task Close_ReaderThatDoesNotRead_IsClosedWith4508()
    {
        const string Channel = "close:busy";
        await using var server = await TestServer.StartAsync(ServerSettings.InMemory);
        await using var slow = await SlowAsync(server.Address, Channel);
        await using var publisher = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("publisher"));

        await PublishAllAsync(publisher, Channel);

        Assert.Equal(CloseReason.TooSlow.Code, (await slow.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Drop_ReaderThatDoesNotRead_HearsOfEveryNumberOrOfItsGap()
    {
        const string Channel = "drop:busy";
        await using var server = await TestServer.StartAsync(ServerSettings.InMemory);
        await using var slow = await SlowAsync(server.Address, Channel);
        await using var publisher = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("publisher"));

        await PublishAllAsync(publisher, Channel);
        var (heard, gaps) = await ReadToAsync(slow, Publications);

        Assert.NotEmpty(gaps);
        Assert.All(gaps, static gap => Assert.Equal("slow", gap.Reason));
        var all = heard.Concat(gaps.SelectMany(static gap => Range(gap.From, gap.To))).Order();
        Assert.Equal(Range(1, Publications), all);
    }

    [Fact]
    public async Task Latest_ReaderThatDoesNotRead_GetsTheNewestOfEachKey()
    {
        const string Channel = "latest:busy";
        await using var server = await TestServer.StartAsync(ServerSettings.InMemory);
        await using var slow = await SlowAsync(server.Address, Channel);
        await using var publisher = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("publisher"));

        await PublishAllAsync(publisher, Channel, key: "k");
        var (heard, _) = await ReadToAsync(slow, Publications);

        Assert.Equal(heard.Order().Distinct(), heard);
        Assert.True(heard.Count < Publications, "Nothing was left out for a reader that did not read.");
        Assert.Equal(Publications, heard[^1]);
    }

    private static async Task<TestConnection> SlowAsync(Uri server, string channel)
    {
        var slow = await TestConnection.ConnectAsAsync(
            server, TestTokens.For("slow"), new TestConnectionOptions { ReceiveBufferBytes = 8 * 1024 });
        await slow.SubscribeAsync(channel);
        return slow;
    }

    // Until the channel's last number was heard, or was said not to come.
    private static async Task<(List<long> Heard, List<GapFrame> Gaps)> ReadToAsync(TestConnection reader, long last)
    {
        var heard = new List<long>();
        var gaps = new List<GapFrame>();
        while (heard.LastOrDefault() < last && (gaps.Count == 0 || gaps[^1].To < last))
        {
            switch (await reader.NextAsync())
            {
                case PublicationFrame publication:
                    heard.Add(publication.Publication.Sequence);
                    break;
                case GapFrame gap:
                    gaps.Add(gap);
                    break;
            }
        }

        return (heard, gaps);
    }

    private static async Task PublishAllAsync(TestConnection publisher, string channel, string? key = null)
    {
        for (var sent = 0; sent < Publications; sent += Batch)
        {
            await PublishBatchAsync(publisher, channel, key);
        }
    }

    private static async Task PublishBatchAsync(TestConnection publisher, string channel, string? key = null)
    {
        var name = ChannelName.Parse(channel);
        var commands = Enumerable.Range(0, Batch)
            .Select(_ => new PublishCommand(publisher.NewId(), name, Payload.Json(Data), null, key))
            .ToArray();
        await publisher.SendAsync(commands);
        for (var i = 0; i < Batch; i++)
        {
            await publisher.AwaitAsync<AckFrame>();
        }
    }

    private static IEnumerable<long> Range(long from, long to)
    {
        for (var number = from; number <= to; number++)
        {
            yield return number;
        }
    }
}
