using OrleansRealtime.Testing;
using Xunit.Abstractions;

namespace OrleansRealtime.Client.Tests.RealServer;

/// <summary>The client against the real edge, also over a line that is cut, stalled and torn into pieces.</summary>
public class RealEdgeTests(ITestOutputHelper output)
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(ClientEncoding.Protobuf)]
    [InlineData(ClientEncoding.Json)]
    public async Task Publication_OfOneClient_ReachesAnotherWithItsPosition(ClientEncoding encoding)
    {
        await using var edge = await RealEdge.StartAsync();
        await using var alice = new RealtimeClient(edge.Options("alice") with { Encoding = encoding });
        await using var bob = new RealtimeClient(edge.Options("bob") with { Encoding = encoding });
        await Task.WhenAll(alice.ConnectAsync(), bob.ConnectAsync()).WaitAsync(Patience);
        var room = bob.Subscribe(Room);
        await room.WhenSubscribedAsync().WaitAsync(Patience);

        var ack = await alice.PublishAsync(Room, Payload.Json("""{"text":"hi"}"""), key: "k", messageId: "m-1").WaitAsync(Patience);
        var again = await alice.PublishAsync(Room, Payload.Json("""{"text":"hi"}"""), key: "k", messageId: "m-1").WaitAsync(Patience);
        var heard = await FirstAsync(room);

        Assert.Equal((ack.Position, true), (again.Position, again.Duplicate));
        Assert.Equal(ack.Position, heard.Position);
        Assert.Equal(("alice", "m-1", "k"), (heard.From.Value, heard.MessageId, heard.Key));
        Assert.Equal(Payload.Json("""{"text":"hi"}"""), heard.Payload);
    }

    [Fact]
    public async Task Presence_OfTwoClients_IsStateThenDiffs()
    {
        await using var edge = await RealEdge.StartAsync();
        await using var alice = new RealtimeClient(edge.Options("alice"));
        await using var bob = new RealtimeClient(edge.Options("bob"));
        await Task.WhenAll(alice.ConnectAsync(), bob.ConnectAsync()).WaitAsync(Patience);
        var bothThere = new TaskCompletionSource();
        var room = alice.Subscribe(Room, new SubscriptionOptions { Presence = true });
        room.PresenceChanged += (_, state) =>
        {
            if (state.Count == 2)
            {
                bothThere.TrySetResult();
            }
        };
        await room.WhenSubscribedAsync().WaitAsync(Patience);

        bob.Subscribe(Room, new SubscriptionOptions { Presence = true });
        await bothThere.Task.WaitAsync(Patience);

        Assert.Equal(["alice", "bob"], room.Presence.Members.Keys.Select(static user => user.Value).Order());
        Assert.Equal(2, (await bob.PresenceAsync(Room).WaitAsync(Patience)).Count);
    }

    [Fact]
    public async Task SignalsHistoryAndCalls_AreAnswered()
    {
        await using var edge = await RealEdge.StartAsync();
        await using var alice = new RealtimeClient(edge.Options("alice"));
        await using var bob = new RealtimeClient(edge.Options("bob"));
        Assert.False(await alice.SignalAsync(Room, Payload.Json("1")));
        await Task.WhenAll(alice.ConnectAsync(), bob.ConnectAsync()).WaitAsync(Patience);
        var signal = new TaskCompletionSource<ReceivedSignal>();
        var room = bob.Subscribe(Room);
        room.SignalReceived += (_, received) => signal.TrySetResult(received);
        await room.WhenSubscribedAsync().WaitAsync(Patience);

        Assert.True(await alice.SignalAsync(Room, Payload.Json("true"), "typing").WaitAsync(Patience));
        await alice.PublishAsync(Room, Payload.Json("1")).WaitAsync(Patience);
        await alice.PublishAsync(Room, Payload.Binary(new byte[] { 0, 255 })).WaitAsync(Patience);
        var history = await alice.HistoryAsync(Room, 10, reverse: true).WaitAsync(Patience);

        Assert.Equal(("alice", "typing"), ((await signal.Task.WaitAsync(Patience)).From.Value, (await signal.Task).Key));
        Assert.Equal([2, 1], history.Publications.Select(static publication => publication.Sequence));
        Assert.Equal(Payload.Binary(new byte[] { 0, 255 }), history.Publications[0].Payload);
        var refusal = await Assert.ThrowsAsync<RealtimeException>(() => alice.CallAsync("nothing", Payload.Json("null")).WaitAsync(Patience));
        Assert.Equal(RealtimeErrorCode.Forbidden, refusal.Error.Code);
    }

    [Fact]
    public async Task Subscription_ThatMayNotBe_EndsItsEnumerationWithTheRefusal()
    {
        await using var edge = await RealEdge.StartAsync();
        await using var alice = new RealtimeClient(edge.Options("alice"));
        var secret = alice.Subscribe("nobody-configured-this:1");
        await alice.ConnectAsync().WaitAsync(Patience);

        var refusal = await Assert.ThrowsAsync<RealtimeException>(() => FirstAsync(secret));

        Assert.Equal(RealtimeErrorCode.Forbidden, refusal.Error.Code);
    }

    [Theory]
    [InlineData(ClientEncoding.Protobuf)]
    [InlineData(ClientEncoding.Json)]
    public async Task Publications_OverALineThatIsCutAndTorn_ArriveOnceInOrder(ClientEncoding encoding)
    {
        const int count = 200;
        var random = new Random(Seeds.Next(output.WriteLine));
        await using var edge = await RealEdge.StartAsync();
        await using var proxy = new FaultProxy(edge.Address.Port);
        var address = new Uri($"http://127.0.0.1:{proxy.Port}");
        await using var alice = new RealtimeClient(edge.Options("alice", address) with { Encoding = encoding });
        await using var bob = new RealtimeClient(edge.Options("bob", address) with { Encoding = encoding });
        var room = bob.Subscribe(Room, new SubscriptionOptions { BufferCount = 16 });
        await Task.WhenAll(alice.ConnectAsync(), bob.ConnectAsync()).WaitAsync(Patience);
        await room.WhenSubscribedAsync().WaitAsync(Patience);
        var publishing = PublishAllAsync(alice, count);
        var heard = new List<long>();

        await foreach (var publication in room.WithCancellation(new CancellationTokenSource(Patience).Token))
        {
            Assert.Equal($"{heard.Count}", System.Text.Encoding.UTF8.GetString(publication.Payload.Bytes.Span));
            heard.Add(publication.Position.Sequence);
            Misbehave(proxy, random);
            if (heard.Count == count)
            {
                break;
            }
        }

        await publishing.WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(1, count).Select(static number => (long)number), heard);
    }

    private static async Task PublishAllAsync(RealtimeClient client, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(number => client.PublishAsync(Room, Payload.Json($"{number}"))));

    private static void Misbehave(FaultProxy proxy, Random random)
    {
        switch (random.Next(24))
        {
            case 0:
                proxy.Cut();
                break;
            case 1:
                proxy.HalfCloseToServer();
                break;
            case 2:
                (proxy.PieceBytes, proxy.Delay) = (random.Next(1, 200), TimeSpan.Zero);
                break;
            case 3:
                // Not byte by byte as well: the rest would take minutes.
                (proxy.PieceBytes, proxy.Delay) = (Math.Max(32, proxy.PieceBytes), TimeSpan.FromMilliseconds(random.Next(3)));
                break;
            case 4:
                proxy.StallToClient();
                proxy.Cut();
                proxy.Resume();
                break;
        }
    }

    private static async Task<ReceivedPublication> FirstAsync(Subscription subscription)
    {
        await foreach (var publication in subscription.WithCancellation(new CancellationTokenSource(Patience).Token))
        {
            return publication;
        }

        throw new InvalidOperationException("The subscription ended without a publication.");
    }
}
