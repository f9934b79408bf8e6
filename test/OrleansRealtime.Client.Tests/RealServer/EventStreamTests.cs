using OrleansRealtime.Client.Transports;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Client.Tests.RealServer;

/// <summary>The same client where WebSockets do not get through.</summary>
public class EventStreamTests
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Client_WhoseWebSocketsBreakTwice_FallsBackWithTheSameApi()
    {
        await using var edge = await RealEdge.StartAsync();
        await using var alice = new RealtimeClient(edge.Options("alice"), OverBrokenWebSockets(edge));
        var room = alice.Subscribe(Room);
        await alice.ConnectAsync().WaitAsync(Patience);
        await room.WhenSubscribedAsync().WaitAsync(Patience);

        var ack = await alice.PublishAsync(Room, Payload.Json("""{"text":"hi"}"""), "k", "m-1").WaitAsync(Patience);
        var again = await alice.PublishAsync(Room, Payload.Json("""{"text":"hi"}"""), "k", "m-1").WaitAsync(Patience);

        Assert.Equal((ack.Position, true), (again.Position, again.Duplicate));
        Assert.Equal(1, (await alice.HistoryAsync(Room, 10).WaitAsync(Patience)).Publications.Single().Sequence);
        Assert.Empty((await alice.PresenceAsync(Room).WaitAsync(Patience)).Members);
        Assert.True(await alice.SignalAsync(Room, Payload.Json("1")).WaitAsync(Patience));
        var refusal = await Assert.ThrowsAsync<RealtimeException>(() => alice.CallAsync("nothing", Payload.Json("1")).WaitAsync(Patience));
        Assert.False(refusal.Error.IsRetryable);
        await alice.PublishAsync(Room, Payload.Binary(new byte[] { 1, 255 })).WaitAsync(Patience);
        var heard = await ReadAsync(room, 2);
        Assert.Equal((ack.Position, "m-1", "k"), (heard[0].Position, heard[0].MessageId, heard[0].Key));
        Assert.Equal(Payload.Binary(new byte[] { 1, 255 }), heard[1].Payload);
    }

    [Fact]
    public async Task Client_WhoseEventStreamIsNeverAnswered_GoesBackToWebSockets()
    {
        await using var edge = await RealEdge.StartAsync();
        using var http = new HangingHandler("/ticket");
        var options = edge.Options("alice") with { ConnectTimeout = TimeSpan.FromSeconds(2) };
        await using var alice = new RealtimeClient(options, new FallbackTransport(
            new BrokenTransport(failures: 2, Transport.Of(options with { Fallback = false })),
            new EventStreamTransport(edge.Address, new HttpMessageInvoker(http), TimeProvider.System),
            edge.Log.CreateLogger("fallback")));

        await alice.ConnectAsync().WaitAsync(Patience);

        Assert.True(http.WasAbandoned.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Client_WithoutSubscriptions_PublishesOverHttp()
    {
        await using var edge = await RealEdge.StartAsync();
        await using var alice = new RealtimeClient(edge.Options("alice"), OverBrokenWebSockets(edge));
        await alice.ConnectAsync().WaitAsync(Patience);

        Assert.Equal(1, (await alice.PublishAsync(Room, Payload.Json("1")).WaitAsync(Patience)).Position.Sequence);
    }

    [Fact]
    public async Task Subscription_AtAPosition_IsFilledFromTheHistory()
    {
        await using var edge = await RealEdge.StartAsync();
        await using var bob = new RealtimeClient(edge.Options("bob"));
        await bob.ConnectAsync().WaitAsync(Patience);
        var first = await bob.PublishAsync(Room, Payload.Json("1")).WaitAsync(Patience);
        await bob.PublishAsync(Room, Payload.Json("2")).WaitAsync(Patience);
        await bob.PublishAsync(Room, Payload.Json("3")).WaitAsync(Patience);
        await using var alice = new RealtimeClient(edge.Options("alice"), OverBrokenWebSockets(edge));
        var room = alice.Subscribe(Room, new SubscriptionOptions { From = first.Position });
        await alice.ConnectAsync().WaitAsync(Patience);

        Assert.Equal([2, 3], (await ReadAsync(room, 2)).Select(static publication => publication.Position.Sequence));
    }

    [Fact]
    public async Task Streams_ThatAreCut_ResumeWithoutLossOrDoubles()
    {
        const int count = 60;
        await using var edge = await RealEdge.StartAsync();
        await using var proxy = new FaultProxy(edge.Address.Port);
        await using var bob = new RealtimeClient(edge.Options("bob"));
        await using var alice = new RealtimeClient(edge.Options("alice"), OverBrokenWebSockets(edge, proxy.Port));
        var room = alice.Subscribe(Room);
        await Task.WhenAll(alice.ConnectAsync(), bob.ConnectAsync()).WaitAsync(Patience);
        await room.WhenSubscribedAsync().WaitAsync(Patience);
        var publishing = Task.WhenAll(Enumerable.Range(0, count).Select(number => bob.PublishAsync(Room, Payload.Json($"{number}"))));

        var heard = await ReadAsync(room, count, number =>
        {
            if (number % 13 == 0)
            {
                proxy.Cut();
            }
        });

        await publishing.WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(1, count).Select(static number => (long)number), heard.Select(static publication => publication.Position.Sequence));
    }

    [Fact]
    public async Task Subscription_ThatIsAddedLater_IsTakenUpToo()
    {
        await using var edge = await RealEdge.StartAsync();
        await using var alice = new RealtimeClient(edge.Options("alice"), OverBrokenWebSockets(edge));
        var room = alice.Subscribe(Room);
        await alice.ConnectAsync().WaitAsync(Patience);
        await room.WhenSubscribedAsync().WaitAsync(Patience);

        var other = alice.Subscribe("chat:other");
        await other.WhenSubscribedAsync().WaitAsync(Patience);
        await alice.PublishAsync(ChannelName.Parse("chat:other"), Payload.Json("1")).WaitAsync(Patience);
        await alice.PublishAsync(Room, Payload.Json("2")).WaitAsync(Patience);

        Assert.Single(await ReadAsync(other, 1));
        Assert.Single(await ReadAsync(room, 1));
    }

    // A history that could not be asked for was taken for one that is gone.
    [Fact]
    public async Task Subscription_WhoseHistoryCannotBeReadAtFirst_LosesNothing()
    {
        await using var edge = await RealEdge.StartAsync();
        await using var bob = new RealtimeClient(edge.Options("bob"));
        await bob.ConnectAsync().WaitAsync(Patience);
        var first = await bob.PublishAsync(Room, Payload.Json("1")).WaitAsync(Patience);
        await bob.PublishAsync(Room, Payload.Json("2")).WaitAsync(Patience);
        using var history = new FailingHistory(failures: 2);
        await using var alice = new RealtimeClient(edge.Options("alice"), OverBrokenWebSockets(edge, http: history));
        var room = alice.Subscribe(Room, new SubscriptionOptions { From = first.Position });
        await alice.ConnectAsync().WaitAsync(Patience);

        Assert.Equal([2], (await ReadAsync(room, 1)).Select(static publication => publication.Position.Sequence));
        Assert.Equal(0, history.FailuresLeft);
    }

    [Fact]
    public async Task Publish_WhoseRequestIsNeverAnswered_IsSentAgainOnAnotherConnection()
    {
        await using var edge = await RealEdge.StartAsync();
        using var http = new HangingHandler("/publish");
        await using var alice = new RealtimeClient(
            edge.Options("alice") with { RequestTimeout = TimeSpan.FromMilliseconds(200) }, OverBrokenWebSockets(edge, http: http));
        var room = alice.Subscribe(Room);
        await alice.ConnectAsync().WaitAsync(Patience);
        await room.WhenSubscribedAsync().WaitAsync(Patience);

        await alice.PublishAsync(Room, Payload.Json("1")).WaitAsync(Patience);

        Assert.True(http.WasAbandoned.IsCompletedSuccessfully);
        Assert.Single(await ReadAsync(room, 1));
    }

    [Fact]
    public async Task Subscription_OfANamespaceThatIsNotConfigured_FailsAlone()
    {
        await using var edge = await RealEdge.StartAsync();
        await using var alice = new RealtimeClient(edge.Options("alice"), OverBrokenWebSockets(edge));
        var room = alice.Subscribe(Room);
        var nowhere = alice.Subscribe("nobody-configured-this:1");
        await alice.ConnectAsync().WaitAsync(Patience);

        var refusal = await Assert.ThrowsAsync<RealtimeException>(() => nowhere.WhenSubscribedAsync().WaitAsync(Patience));
        await room.WhenSubscribedAsync().WaitAsync(Patience);
        await alice.PublishAsync(Room, Payload.Json("1")).WaitAsync(Patience);

        Assert.Equal(RealtimeErrorCode.Forbidden, refusal.Error.Code);
        Assert.Single(await ReadAsync(room, 1));
    }

    // WebSockets go to a port where every connection is cut; streams and commands go to the edge.
    private static FallbackTransport OverBrokenWebSockets(RealEdge edge, int? port = null, HttpMessageHandler? http = null)
    {
        var streams = new UriBuilder(edge.Address) { Port = port ?? edge.Address.Port }.Uri;
        return new FallbackTransport(
            new BrokenTransport(),
            new EventStreamTransport(streams, new HttpMessageInvoker(http ?? new SocketsHttpHandler()), TimeProvider.System),
            edge.Log.CreateLogger("fallback"));
    }

    private static async Task<List<ReceivedPublication>> ReadAsync(Subscription subscription, int count, Action<int>? after = null)
    {
        var heard = new List<ReceivedPublication>();
        await foreach (var publication in subscription.WithCancellation(new CancellationTokenSource(Patience).Token))
        {
            heard.Add(publication);
            after?.Invoke(heard.Count);
            if (heard.Count == count)
            {
                break;
            }
        }

        return heard;
    }

    private sealed class FailingHistory(int failures) : DelegatingHandler(new SocketsHttpHandler())
    {
        public int FailuresLeft { get; private set; } = failures;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            FailuresLeft > 0 && request.RequestUri!.AbsolutePath.EndsWith("/history", StringComparison.Ordinal) && FailuresLeft-- > 0
                ? Task.FromException<HttpResponseMessage>(new HttpRequestException("the line was cut"))
                : base.SendAsync(request, cancellationToken);
    }

    // The first request to a path is held until the client gives it up.
    private sealed class HangingHandler(string path) : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task WasAbandoned => _abandoned.Task;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.EndsWith(path, StringComparison.Ordinal) && Interlocked.Increment(ref _count) == 1)
            {
                await using var abandoned = cancellationToken.Register(() => _abandoned.TrySetResult());
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }

    // Breaks so many attempts, or all.
    private sealed class BrokenTransport(int failures = int.MaxValue, ITransport? then = null) : ITransport
    {
        private int _attempts;

        public Task<ILink> ConnectAsync(CancellationToken cancellationToken) => ++_attempts <= failures
            ? Task.FromException<ILink>(new LinkException(Client.Reconnect.LinkEnd.Lost("a proxy breaks WebSockets")))
            : then!.ConnectAsync(cancellationToken);
    }
}
