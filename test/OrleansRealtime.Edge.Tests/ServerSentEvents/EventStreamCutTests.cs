using System.Text;
using System.Text.Json;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.ServerSentEvents;
using OrleansRealtime.Edge.Tests.Connections;
using OrleansRealtime.Edge.Tests.FanOut;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.ServerSentEvents;

/// <summary>
/// A stream may be cut at any byte. Whatever the client was given by then, and what follows the last event id that it then has,
/// must be every publication once.
/// </summary>
public sealed class EventStreamCutTests
{
    private static readonly ChannelName Other = ChannelName.Parse("chat:other");
    private static readonly ChannelName Prices = ChannelName.Parse("prices:all");
    private static readonly ChannelName Dropping = ChannelName.Parse("drop:all");

    [Fact]
    public async Task Stream_OfSeveralChannels_CutAnywhere_NeitherSkipsNorRepeats()
    {
        await using var bench = new EdgeBench();
        bench.RoomChannel.PublishMany(3);
        var (connection, transport) = await OpenAsync(bench);
        await SubscribeAsync(connection, EdgeBench.Room, new Position(new Epoch("e1"), 1));
        await SubscribeAsync(connection, Other);
        for (var i = 0; i < 5; i++)
        {
            bench.RoomChannel.Publish("{\n\"text\": 1}");
            bench.System.Channel(Other).PublishMany(2);

            // From another thread than the shard's, so that it may come between any two frames.
            connection.Send(connection.Format.EncodePing());
            connection.Send(new ExpiringFrame(bench.Clock.Now));
        }

        await EdgeBench.SettleAsync(connection);
        var starts = new Dictionary<ChannelName, long> { [EdgeBench.Room] = 1, [Other] = 0 };
        CutEverywhere(transport.Bytes, starts, isContiguous: true);
        var all = Dispatch(transport.Bytes);
        Assert.Equal((7, 10), (all.Given(EdgeBench.Room).Count, all.Given(Other).Count));
    }

    [Fact]
    public async Task Stream_ThatIsConflated_CutAnywhere_LosesNoKey()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await OpenAsync(bench);
        await SubscribeAsync(connection, EdgeBench.Room, conflate: TimeSpan.FromSeconds(1));
        bench.RoomChannel.Publish("0", "a");
        await EdgeBench.SettleAsync(connection);
        foreach (var key in (string[])["a", "b", "a", "c", "b"])
        {
            bench.RoomChannel.Publish("1", key);
        }

        await EdgeBench.SettleAsync(connection);
        bench.Clock.Advance(TimeSpan.FromSeconds(2));
        await EdgeBench.SettleAsync(connection);

        Assert.Equal([1, 4, 5, 6], Dispatch(transport.Bytes).Given(EdgeBench.Room));
        CutEverywhere(transport.Bytes, new Dictionary<ChannelName, long> { [EdgeBench.Room] = 0 }, isContiguous: false);
    }

    [Fact]
    public async Task Snapshot_CutInTheMiddle_IsGivenAnew()
    {
        await using var bench = new EdgeBench();
        var prices = bench.System.Channel(Prices);
        prices.Snapshot = [prices.Publish("1", "a"), prices.Publish("2", "b"), prices.Publish("3", "c")];
        var (connection, transport) = await OpenAsync(bench);
        await SubscribeAsync(connection, Prices);
        await EdgeBench.SettleAsync(connection);
        prices.Publish("4", "a");
        await EdgeBench.SettleAsync(connection);

        var bytes = transport.Bytes;
        Assert.Equal([1, 2, 3, 4], Dispatch(bytes).Given(Prices));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var seen = Dispatch(bytes.AsSpan(0, cut));
            var resumesAfter = seen.PositionIn(Prices)?.Sequence;
            Assert.Equal(seen.Given(Prices).Count < 3 ? null : seen.Given(Prices)[^1], resumesAfter);
        }
    }

    [Fact]
    public async Task Stream_ThatSkipsForASlowReader_CutAnywhere_SkipsNothingUnannounced()
    {
        await using var bench = new EdgeBench(new EdgeOptions { QueueBytes = 4096 });
        var channel = bench.System.Channel(Dropping);
        var (connection, transport) = await OpenAsync(bench);
        await SubscribeAsync(connection, Dropping);
        await EdgeBench.SettleAsync(connection);
        transport.Hold();
        for (var i = 0; i < 60; i++)
        {
            channel.Publish($"\"{new string('x', 100)}\"");
            await EdgeBench.SettleAsync(connection);
        }

        transport.Release();
        await Until.TrueAsync("the gap is announced", () => Dispatch(transport.Bytes).Gaps.Count > 0);
        channel.Publish();
        await EdgeBench.SettleAsync(connection);

        var all = Dispatch(transport.Bytes);
        Assert.NotEmpty(all.Gaps);
        Assert.Equal(61, all.Given(Dropping)[^1]);
        CutEverywhere(transport.Bytes, new Dictionary<ChannelName, long> { [Dropping] = 0 }, isContiguous: true);
    }

    [Fact]
    public async Task Stream_ClosedAsTooSlow_EndsBetweenTwoEvents()
    {
        await using var bench = new EdgeBench(new EdgeOptions { QueueBytes = 4096 });
        var (connection, transport) = await OpenAsync(bench);
        await SubscribeAsync(connection, EdgeBench.Room);
        await EdgeBench.SettleAsync(connection);
        transport.Hold();
        bench.RoomChannel.PublishMany(30, $"\"{new string('x', 100)}\"");
        await EdgeBench.SettleAsync(connection);

        connection.Close(CloseReason.TooSlow);
        transport.Release();
        await Until.TrueAsync("the last event is written", () => connection.Queue is { IsWriting: false, PendingBytes: 0 });

        // Reading fails on an event that is made of two.
        Assert.Equal("close", Dispatch(transport.Bytes).LastType);
        CutEverywhere(transport.Bytes, new Dictionary<ChannelName, long> { [EdgeBench.Room] = 0 }, isContiguous: true);
    }

    private static async Task<(Connection Connection, RecordingTransport Transport)> OpenAsync(EdgeBench bench)
    {
        var transport = new RecordingTransport();
        var connection = bench.Node.Open(transport, FreeGuard.Instance);
        await connection.StartAsync(EdgeBench.Alice(), null);
        return (connection, transport);
    }

    private static async Task SubscribeAsync(
        Connection connection, ChannelName channel, Position? from = null, TimeSpan? conflate = null)
    {
        await connection.OnCommandAsync(new SubscribeCommand(default, channel, from, 0, false, conflate));
        await EdgeBench.SettleAsync(connection);
    }

    /// <summary>
    /// For every prefix: what was given and announced is all up to the position of its last id, and nothing beyond that; where a
    /// stream leaves out what is outdated, nothing beyond it.
    /// </summary>
    private static void CutEverywhere(byte[] bytes, Dictionary<ChannelName, long> starts, bool isContiguous)
    {
        var ids = 0;
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var seen = Dispatch(bytes.AsSpan(0, cut));
            foreach (var (channel, start) in starts)
            {
                var given = seen.Given(channel).Concat(seen.Gaps).Order().ToArray();
                if (seen.PositionIn(channel) is not { } position)
                {
                    Assert.Empty(given);
                    continue;
                }

                ids++;
                if (isContiguous)
                {
                    Assert.Equal(Enumerable.Range((int)start + 1, (int)(position.Sequence - start)).Select(static i => (long)i), given);
                }
                else
                {
                    Assert.All(given, sequence => Assert.InRange(sequence, start + 1, position.Sequence));
                    var owed = Dispatch(bytes).Given(channel).Where(sequence => sequence <= position.Sequence);
                    Assert.Equal(owed, given);
                }
            }
        }

        Assert.NotEqual(0, ids);
    }

    /// <summary>What an <c>EventSource</c> has dispatched when the stream ends here (HTML standard, section 9.2.6).</summary>
    private static Seen Dispatch(ReadOnlySpan<byte> bytes)
    {
        var seen = new Seen();
        var (data, id) = (new List<string>(), "");
        var text = Encoding.UTF8.GetString(bytes);
        var lines = text.Split('\n');

        // What follows the last line feed is no line yet.
        foreach (var line in lines[..^1])
        {
            if (line.Length == 0)
            {
                seen.LastEventId = id;
                if (data.Count > 0)
                {
                    seen.Take(JsonDocument.Parse(string.Join('\n', data)).RootElement);
                }

                data.Clear();
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data.Add(line[6..]);
            }
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line[4..];
            }
        }

        return seen;
    }

    private sealed class Seen
    {
        private readonly List<(string Channel, long Sequence)> _given = [];

        public string LastEventId { get; set; } = "";

        public string? LastType { get; private set; }

        public List<long> Gaps { get; } = [];

        public IReadOnlyList<long> Given(ChannelName channel) =>
            [.. _given.Where(given => given.Channel == channel.Value).Select(static given => given.Sequence)];

        public Position? PositionIn(ChannelName channel) =>
            LastEventId.Length > 0 && PositionToken.TryRead(LastEventId, [channel])!.TryGetValue(channel, out var position)
                ? position
                : null;

        public void Take(JsonElement frame)
        {
            LastType = frame.GetProperty("type").GetString();
            if (LastType == "publication")
            {
                _given.Add((frame.GetProperty("channel").GetString()!, frame.GetProperty("seq").GetInt64()));
            }
            else if (LastType == "gap")
            {
                var gap = frame.GetProperty("payload");
                for (var i = gap.GetProperty("from").GetInt64(); i <= gap.GetProperty("to").GetInt64(); i++)
                {
                    Gaps.Add(i);
                }
            }
        }
    }
}
