using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.FanOut;
using OrleansRealtime.Edge.WebSockets;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

public sealed class CachedPublicationTests
{
    private static readonly WebSocketFormats Formats = new(new EdgeOptions());

    [Fact]
    public async Task Frame_AskedForByManyAtOnce_IsCompressedOnceAndShared()
    {
        var publication = Publication(1000);
        var format = new SlowFormat();

        var frames = new byte[5][];
        var shards = Enumerable.Range(0, frames.Length)
            .Select(index => new Thread(() => frames[index] = publication.Frame(format)) { IsBackground = true })
            .ToArray();
        Array.ForEach(shards, static shard => shard.Start());
        await Until.TrueAsync("all shards wait", () => shards.All(static shard => shard.ThreadState.HasFlag(ThreadState.WaitSleepJoin)));
        format.Release();
        Array.ForEach(shards, static shard => shard.Join());

        Assert.Equal(1, format.Encoded);
        Assert.All(frames, frame => Assert.Same(frames[0], frame));
    }

    [Theory]
    [InlineData(511, false)]
    [InlineData(512, true)]
    public void Frame_WithCompression_IsThatOfOthersBelowTheThreshold(int payloadBytes, bool isCompressed)
    {
        var publication = Publication(payloadBytes);

        var plain = publication.Frame(Format(compression: null));
        var compressed = publication.Frame(Format(compression: "permessage-deflate"));

        Assert.Equal(isCompressed, compressed.Length < plain.Length);
        Assert.Equal(isCompressed ? 0xC1 : 0x81, compressed[0]);
        Assert.Equal(isCompressed, !ReferenceEquals(plain, compressed));
    }

    private static WebSocketFormat Format(string? compression) =>
        Formats.Find(new WebSocketOffer(false, ProtocolVersion.JsonSubprotocol, true, null, compression))!;

    private static CachedPublication Publication(int payloadBytes) =>
        new(
            ChannelName.Parse("chat:room"),
            new Publication(1, DateTimeOffset.UnixEpoch, Sender.OfUser(UserId.Parse("alice")), null, null, Payload.Json($"\"{new string('x', payloadBytes - 2)}\"")));

    /// <summary>Compressed frames that take until the test says so.</summary>
    private sealed class SlowFormat() : FrameFormat(DeflatedJsonSlot, FrameCodecs.Default)
    {
        private readonly TaskCompletionSource _released = new();
        private int _encoded;

        public override bool IsCompressed => true;

        public int Encoded => Volatile.Read(ref _encoded);

        public void Release() => _released.SetResult();

        public override byte[] Encode(ServerFrame frame)
        {
            Interlocked.Increment(ref _encoded);
            _released.Task.Wait();
            return [1, 2, 3];
        }

        public override byte[] EncodePing() => [];

        public override byte[] EncodeClose(CloseReason reason) => [];
    }
}
