using OrleansRealtime.Client.Tests.Fakes;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Client.Tests;

/// <summary>What the scenarios, which every SDK shares, do not speak of.</summary>
public class RealtimeClientTests
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly ChannelGuarantee Guarantee = new(Durability.Memory, 10, 10, TimeSpan.FromHours(1), false, SlowReaderPolicy.CatchUp);

    [Fact]
    public async Task Enumeration_WithoutAHandler_ThrowsWhenHistoryIsLost()
    {
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server));
        var room = client.Subscribe(Room, new SubscriptionOptions { From = At(3) });
        var (connection, reading) = await ConnectAsync(client, server);
        var subscribe = await connection.NextAsync<SubscribeCommand>();
        Assert.Equal(At(3), subscribe.From);

        await connection.SendAsync(Taken(subscribe, 9, recovered: false));

        var failure = await Assert.ThrowsAsync<HistoryLostException>(() => ReadAsync(room, 1));
        Assert.Equal(new HistoryLoss(HistoryLossReason.NotRetained, At(3), At(9)), failure.Loss);
        await client.DisposeAsync();
        await reading;
    }

    [Fact]
    public async Task Handler_ForLostHistory_IsCalledBetweenThePublications()
    {
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server));
        var losses = new List<string>();
        var room = client.Subscribe(Room, new SubscriptionOptions
        {
            OnHistoryLost = (loss, _) =>
            {
                losses.Add($"{loss.Reason} to {loss.Position.Sequence}");
                return ValueTask.CompletedTask;
            },
        });
        var (connection, reading) = await ConnectAsync(client, server);
        await connection.SendAsync(Taken(await connection.NextAsync<SubscribeCommand>(), 0));
        await connection.SendAsync(Publication(1));
        await connection.SendAsync(new GapFrame(Room, 2, 4, "slow"));
        await connection.SendAsync(Publication(5));

        Assert.Equal([1, 5], await ReadAsync(room, 2));
        Assert.Equal(["Slow to 4"], losses);
        await client.DisposeAsync();
        await reading;
    }

    [Fact]
    public async Task SlowApplication_LetsGoOfTheChannel_AndCatchesUpFromWhatItHolds()
    {
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server));
        var room = client.Subscribe(Room, new SubscriptionOptions { BufferCount = 2 });
        var (connection, reading) = await ConnectAsync(client, server);
        await connection.SendAsync(Taken(await connection.NextAsync<SubscribeCommand>(), 0));
        foreach (var sequence in new[] { 1, 2, 3 })
        {
            await connection.SendAsync(Publication(sequence));
        }

        await connection.NextAsync<UnsubscribeCommand>();
        var reader = room.GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Patience));
        var again = await connection.NextAsync<SubscribeCommand>();
        Assert.Equal(At(2), again.From);
        await connection.SendAsync(Taken(again, 3, missed: 1));
        await connection.SendAsync(Publication(3));

        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Patience));
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Patience));
        Assert.Equal(3, reader.Current.Position.Sequence);
        await reader.DisposeAsync();
        await client.DisposeAsync();
        await reading;
    }

    [Theory]
    [InlineData(OverflowPolicy.Refuse, 2)]
    [InlineData(OverflowPolicy.DropOldest, 0)]
    public async Task OfflineQueue_ThatIsFull_DoesWhatItsPolicySays(OverflowPolicy policy, int refused)
    {
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server) with { MaxPendingPublishes = 2, WhenPendingFull = policy });

        var publishes = Enumerable.Range(0, 3).Select(number => client.PublishAsync(Room, Payload.Json($"{number}"))).ToList();

        var failure = await Assert.ThrowsAsync<PublishQueueFullException>(() => publishes[refused].WaitAsync(Patience));
        Assert.Equal(RealtimeErrorCode.Unavailable, failure.Error.Code);
        Assert.Equal(2, publishes.Count(static publish => !publish.IsCompleted));
        await client.DisposeAsync();
        foreach (var waiting in publishes.Where((_, index) => index != refused))
        {
            await Assert.ThrowsAsync<RealtimeException>(() => waiting);
        }
    }

    [Fact]
    public async Task Room_IsThereOnceLessThanHalfOfTheQueueIsTaken()
    {
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server) with { MaxPendingPublishes = 4 });
        await client.WhenRoomAsync().WaitAsync(Patience);
        var publishes = Enumerable.Range(0, 4).Select(number => client.PublishAsync(Room, Payload.Json($"{number}"))).ToList();
        var room = client.WhenRoomAsync();
        using var gaveUp = new CancellationTokenSource();
        var other = client.WhenRoomAsync(gaveUp.Token);
        var (connection, reading) = await ConnectAsync(client, server);

        foreach (var sequence in new[] { 1, 2 })
        {
            await AcknowledgeAsync(connection, sequence);
            await publishes[sequence - 1].WaitAsync(Patience);
        }

        Assert.False(room.IsCompleted);
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other.WaitAsync(Patience));
        await AcknowledgeAsync(connection, 3);
        await room.WaitAsync(Patience);
        await AcknowledgeAsync(connection, 4);
        await publishes[3].WaitAsync(Patience);
        await client.DisposeAsync();
        await reading;
    }

    [Fact]
    public async Task Room_IsCountedInBytesToo_AndThereWhenTheClientIsClosedForGood()
    {
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server) with { MaxPendingBytes = 10 });
        var publish = client.PublishAsync(Room, Payload.Json("12345"));
        var room = client.WhenRoomAsync();
        var (connection, reading) = await ConnectAsync(client, server);
        Assert.False(room.IsCompleted);

        await connection.EndAsync(4003);

        await Assert.ThrowsAsync<RealtimeException>(() => publish.WaitAsync(Patience));
        await room.WaitAsync(Patience);
        await reading;
    }

    [Fact]
    public async Task Signals_ThatAreThrottled_PassAtOnceAndThenTheNewestOncePerInterval()
    {
        var interval = TimeSpan.FromMilliseconds(50);
        await using var server = new FakeServer();
        var time = new ManualTimeProvider();
        await using var client = new RealtimeClient(Options(server) with { TimeProvider = time });
        Assert.False(await client.SignalThrottledAsync(Room, Payload.Json("0"), null, interval));
        var (connection, reading) = await ConnectAsync(client, server);

        var signals = Enumerable.Range(1, 3).Select(number => client.SignalThrottledAsync(Room, Payload.Json($"{number}"), null, interval)).ToList();
        var ofKey = client.SignalThrottledAsync(Room, Payload.Json("4"), "k", interval);
        Assert.Equal(Payload.Json("1"), await AcceptSignalAsync(connection));
        Assert.Equal(Payload.Json("4"), await AcceptSignalAsync(connection));
        Assert.True(await ofKey.WaitAsync(Patience));
        Assert.False(signals[2].IsCompleted);
        time.Advance(interval);
        Assert.Equal(Payload.Json("3"), await AcceptSignalAsync(connection));
        var passed = await Task.WhenAll(signals).WaitAsync(Patience);
        Assert.Equal([true, false, true], passed);

        // The interval after the one that was held back ends with nothing, and the next signal passes at once.
        time.Advance(interval);
        var last = client.SignalThrottledAsync(Room, Payload.Json("5"), null, interval);
        Assert.Equal(Payload.Json("5"), await AcceptSignalAsync(connection));
        Assert.True(await last.WaitAsync(Patience));
        await client.DisposeAsync();
        await reading;
    }

    [Fact]
    public async Task Publish_ThatIsNotAnswered_IsSentAgainOnAnotherConnection()
    {
        await using var server = new FakeServer();
        var time = new ManualTimeProvider();
        await using var client = new RealtimeClient(
            Options(server) with { TimeProvider = time, Jitter = static () => 0, RequestTimeout = TimeSpan.FromSeconds(15) });
        var (first, firstReading) = await ConnectAsync(client, server);
        var answered = client.PublishAsync(Room, Payload.Json("1"));
        await AcknowledgeAsync(first, 1);
        await answered.WaitAsync(Patience);
        time.Advance(TimeSpan.FromSeconds(10));
        var publish = client.PublishAsync(Room, Payload.Json("2"));
        var sent = await first.NextAsync<PublishCommand>();

        time.Advance(TimeSpan.FromSeconds(14.9));
        Assert.Equal(ClientState.Connected, client.State);
        time.Advance(TimeSpan.FromSeconds(0.1));

        var second = await server.AcceptNextAsync();
        var secondReading = second.ReadAsync();
        await second.WelcomeAsync();
        var again = await second.NextAsync<PublishCommand>();
        Assert.Equal(sent.MessageId, again.MessageId);
        await second.SendAsync(new AckFrame(again.Id, Room, new PublishedAck(At(2), true, null)));
        Assert.True((await publish.WaitAsync(Patience)).Duplicate);
        await client.DisposeAsync();
        await Task.WhenAll(firstReading, secondReading).WaitAsync(Patience);
    }

    [Fact]
    public async Task Publish_ThatTheServerWouldCloseFor_IsRefusedBeforeItIsSent()
    {
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server) with { Encoding = ClientEncoding.Json });
        foreach (var malformed in new[] { "", "{", "1 2", "nul", "[1,]" })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => client.PublishAsync(Room, Payload.Json(malformed)));
        }

        var large = client.PublishAsync(Room, Payload.Binary(new byte[100_000]));
        var small = client.PublishAsync(Room, Payload.Json("1"));
        var (connection, reading) = await ConnectAsync(client, server);

        var failure = await Assert.ThrowsAsync<RealtimeException>(() => large.WaitAsync(Patience));
        Assert.Equal(RealtimeErrorCode.TooLarge, failure.Error.Code);
        var publish = await connection.NextAsync<PublishCommand>();
        Assert.Equal(Payload.Json("1"), publish.Payload);
        await connection.SendAsync(new AckFrame(publish.Id, Room, new PublishedAck(At(1), false, null)));
        await small.WaitAsync(Patience);
        failure = await Assert.ThrowsAsync<RealtimeException>(() => client.CallAsync("m", Payload.Json($"\"{new string('x', 131_000)}\"")));
        Assert.Equal(RealtimeErrorCode.TooLarge, failure.Error.Code);
        await client.DisposeAsync();
        await reading;
    }

    [Fact]
    public async Task Publish_ThatIsCancelled_IsNotSent()
    {
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server));
        using var cancel = new CancellationTokenSource();
        var given = client.PublishAsync(Room, Payload.Json("1"), cancellationToken: cancel.Token);
        var kept = client.PublishAsync(Room, Payload.Json("2"));

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        var (connection, reading) = await ConnectAsync(client, server);
        var publish = await connection.NextAsync<PublishCommand>();
        Assert.Equal(Payload.Json("2"), publish.Payload);
        await connection.SendAsync(new AckFrame(publish.Id, Room, new PublishedAck(At(1), false, null)));
        Assert.Equal(At(1), (await kept.WaitAsync(Patience)).Position);
        await client.DisposeAsync();
        await reading;
    }

    [Fact]
    public async Task Requests_WithoutAnAnswer_TimeOut_AndCallsFailWithTheConnection()
    {
        var clock = new ManualTimeProvider();
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server) with { TimeProvider = clock, RequestTimeout = TimeSpan.FromSeconds(7) });
        var (connection, reading) = await ConnectAsync(client, server);
        var history = client.HistoryAsync(Room, 1);
        await connection.NextAsync<HistoryCommand>();
        await clock.WhenArmedFor(TimeSpan.FromSeconds(7)).WaitAsync(Patience);

        clock.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal(RealtimeErrorCode.Timeout, (await Assert.ThrowsAsync<RealtimeException>(() => history)).Error.Code);
        var call = client.CallAsync("m", Payload.Json("1"));
        await connection.NextAsync<CallCommand>();
        await connection.EndAsync(1006);
        Assert.Equal(RealtimeErrorCode.Timeout, (await Assert.ThrowsAsync<RealtimeException>(() => call.WaitAsync(Patience))).Error.Code);
        await reading;
    }

    [Fact]
    public async Task Handshake_WithRetryAfter_IsTriedAgainThen()
    {
        var clock = new ManualTimeProvider();
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server) with { TimeProvider = clock });
        var connecting = client.ConnectAsync();
        var attempt = await server.NextAsync();
        var opened = clock.LastArming;
        await attempt.AnswerAsync(503, "Retry-After: 7\r\n");
        await clock.WhenArmedFor(TimeSpan.FromSeconds(7), opened).WaitAsync(Patience);
        clock.Advance(TimeSpan.FromSeconds(7));

        var connection = await server.AcceptNextAsync();
        var reading = connection.ReadAsync();
        await connection.WelcomeAsync();
        await connecting.WaitAsync(Patience);
        await client.DisposeAsync();
        await reading;
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    public async Task Handshake_ThatIsRefusedForGood_ClosesTheClient(int status)
    {
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server));
        var room = client.Subscribe(Room);
        var connecting = client.ConnectAsync();
        await (await server.NextAsync()).AnswerAsync(status);

        var failure = await Assert.ThrowsAsync<RealtimeClosedException>(() => connecting.WaitAsync(Patience));
        Assert.Equal(status, failure.Reason.Code);
        await Assert.ThrowsAsync<RealtimeClosedException>(() => ReadAsync(room, 1));
        Assert.Equal(ClientState.Closed, client.State);
    }

    [Fact]
    public async Task Channel_IsSubscribedOnce_AndEnumeratedOnce()
    {
        await using var server = new FakeServer();
        await using var client = new RealtimeClient(Options(server));
        var room = client.Subscribe(Room);
        Assert.Throws<InvalidOperationException>(() => client.Subscribe(Room));
        await room.DisposeAsync();
        Assert.Empty(await ReadAsync(room, 1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(room, 1));
        await client.Subscribe(Room).DisposeAsync();
    }

    [Fact]
    public void Options_OutsideTheirLimits_AreRefused()
    {
        var good = new RealtimeClientOptions { Address = new Uri("http://localhost") };
        Assert.ThrowsAny<ArgumentException>(() => new RealtimeClient(good with { Address = new Uri("ftp://localhost") }));
        Assert.ThrowsAny<ArgumentException>(() => new RealtimeClient(good with { MaxPendingPublishes = 0 }));
        Assert.ThrowsAny<ArgumentException>(() => new RealtimeClient(good with { RequestTimeout = TimeSpan.Zero }));
        var client = new RealtimeClient(good);
        Assert.ThrowsAny<ArgumentException>(() => client.Subscribe(Room, new SubscriptionOptions { Last = 1001 }));
        Assert.ThrowsAny<ArgumentException>(() => client.Subscribe(Room, new SubscriptionOptions { BufferCount = 0 }));
        Assert.ThrowsAny<ArgumentException>(() => client.Subscribe(Room, new SubscriptionOptions { Conflate = TimeSpan.FromMilliseconds(9) }));
    }

    private static RealtimeClientOptions Options(FakeServer server) => new() { Address = server.Address, Fallback = false, Jitter = static () => 0.5 };

    private static Position At(long sequence) => new(new Epoch("e1"), sequence);

    private static AckFrame Taken(SubscribeCommand subscribe, long sequence, long missed = 0, bool recovered = true) =>
        new(subscribe.Id, subscribe.Channel, new SubscribedAck(At(sequence), recovered, missed, false, Guarantee));

    private static PublicationFrame Publication(long sequence) => new(
        Room, new Publication(sequence, DateTimeOffset.UnixEpoch, Sender.FromValue("bob"), null, null, Payload.Json($"{sequence}")));

    private static async Task<(FakeConnection Connection, Task Reading)> ConnectAsync(RealtimeClient client, FakeServer server)
    {
        var connecting = client.ConnectAsync();
        var connection = await server.AcceptNextAsync();
        var reading = connection.ReadAsync();
        await connection.WelcomeAsync();
        await connecting.WaitAsync(Patience);
        return (connection, reading);
    }

    private static async Task AcknowledgeAsync(FakeConnection connection, long sequence)
    {
        var publish = await connection.NextAsync<PublishCommand>();
        await connection.SendAsync(new AckFrame(publish.Id, Room, new PublishedAck(At(sequence), false, null)));
    }

    private static async Task<Payload> AcceptSignalAsync(FakeConnection connection)
    {
        var signal = await connection.NextAsync<SignalCommand>();
        await connection.SendAsync(new AckFrame(signal.Id, Room, null));
        return signal.Payload;
    }

    private static async Task<List<long>> ReadAsync(Subscription subscription, int count)
    {
        var heard = new List<long>();
        await foreach (var publication in subscription.WithCancellation(new CancellationTokenSource(Patience).Token))
        {
            heard.Add(publication.Position.Sequence);
            if (heard.Count == count)
            {
                break;
            }
        }

        return heard;
    }
}
