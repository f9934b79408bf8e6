using System.Buffers;
using System.Text;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Tests.FanOut;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.Connections;

/// <summary>The state machine of a connection, over a carrier that the test reads.</summary>
public class ConnectionTests
{
    [Fact]
    public async Task Auth_WithAGoodToken_IsAcknowledgedWithTheLimits()
    {
        await using var bench = new EdgeBench();
        bench.System.Tokens["good"] = EdgeBench.Alice(bench.Clock.Now.AddHours(1));
        var (connection, transport) = await bench.ConnectAsync();

        await connection.OnCommandAsync(new AuthCommand(new CommandId("a"), "good", 1, [], new SessionId("earlier")));
        var ack = await transport.NextAsync<AuthAckFrame>();

        Assert.Equal(("a", "alice", "earlier", true), (ack.Id.Text, ack.User.Value, ack.Session.Value, ack.Resumed));
        Assert.Equal((128 * 1024, 200), (ack.Limits.MessageBytes, ack.Limits.Subscriptions));
        Assert.Equal(bench.Clock.Now.AddHours(1), ack.Expires);
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Fact]
    public async Task Auth_WithACommandBehindIt_IsAnsweredInOneWriteWithThat()
    {
        await using var bench = new EdgeBench();
        bench.System.Tokens["good"] = EdgeBench.Alice();
        var (connection, transport) = await bench.ConnectAsync();
        var before = transport.Writes;

        // Both are there before the shard has its turn, as when they came in one read of its loop.
        using var gate = new ManualResetEventSlim();
        connection.Shard.Post(gate.Wait);
        await connection.OnCommandAsync(new AuthCommand(new CommandId("a"), "good", 1, [], null));
        await connection.OnCommandAsync(new UnsubscribeCommand(new CommandId("b"), EdgeBench.Room));
        gate.Set();

        await transport.NextAsync<AuthAckFrame>();
        Assert.Equal("b", (await transport.NextAsync<ErrorFrame>()).Id.Text);
        Assert.Equal(1, transport.Writes - before);
    }

    [Fact]
    public async Task Auth_WithABadToken_IsRefusedAndClosedWith4001()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.ConnectAsync();

        await connection.OnCommandAsync(new AuthCommand(new CommandId("a"), "bad", 1, [], null));

        Assert.Equal(RealtimeErrorCode.Unauthenticated, (await transport.NextAsync<ErrorFrame>()).Error.Code);
        Assert.Equal(CloseReason.Unauthenticated, connection.CloseReason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Auth_WithoutAToken_IsForAnonymousUsersWhereAllowed(bool isAllowed)
    {
        await using var bench = new EdgeBench(authentication: new AuthenticationOptions { AllowAnonymous = isAllowed });
        var (connection, _) = await bench.ConnectAsync();

        await connection.OnCommandAsync(new AuthCommand(new CommandId("a"), null, 1, [], null));

        Assert.Equal(isAllowed ? ConnectionState.Open : ConnectionState.Closed, connection.State);
        Assert.Equal(isAllowed, connection.Identity?.IsAnonymous ?? false);
    }

    [Fact]
    public async Task Auth_OfAnotherVersion_IsRefusedAndMayBeTriedAgain()
    {
        await using var bench = new EdgeBench();
        bench.System.Tokens["good"] = EdgeBench.Alice();
        var (connection, transport) = await bench.ConnectAsync();

        await connection.OnCommandAsync(new AuthCommand(new CommandId("a"), "good", 2, [], null));
        await connection.OnCommandAsync(new AuthCommand(new CommandId("b"), "good", 1, [], null));

        Assert.Equal(RealtimeErrorCode.UnsupportedVersion, (await transport.NextAsync<ErrorFrame>()).Error.Code);
        await transport.NextAsync<AuthAckFrame>();
    }

    [Fact]
    public async Task Auth_Twice_IsAConflict()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();

        await connection.OnCommandAsync(new AuthCommand(new CommandId("a"), "good", 1, [], null));

        Assert.Equal(RealtimeErrorCode.Conflict, (await transport.NextAsync<ErrorFrame>()).Error.Code);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task Command_BeforeAuth_ClosesWith4001()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.ConnectAsync();

        await connection.OnCommandAsync(new PingCommand(new CommandId("p")));

        Assert.Equal(RealtimeErrorCode.Unauthenticated, (await transport.NextAsync<ErrorFrame>()).Error.Code);
        Assert.Equal(CloseReason.Unauthenticated, connection.CloseReason);
    }

    [Fact]
    public async Task User_WhoIsNotAdmitted_IsClosedWithTheActorsReason()
    {
        await using var bench = new EdgeBench();
        bench.System.SessionRefusal = CloseReason.Banned;
        bench.System.Tokens["good"] = EdgeBench.Alice();
        var (connection, _) = await bench.ConnectAsync();

        await connection.OnCommandAsync(new AuthCommand(new CommandId("a"), "good", 1, [], null));

        Assert.Equal(CloseReason.Banned, connection.CloseReason);
    }

    [Theory]
    [InlineData("{", RealtimeErrorCode.BadRequest)]
    [InlineData("""{"type":"dance","id":"1"}""", RealtimeErrorCode.UnknownType)]
    [InlineData("""{"type":"publish","id":"1","channel":7,"payload":{"data":1}}""", RealtimeErrorCode.BadRequest)]
    public async Task Message_ThatIsNoCommand_IsAnsweredAndTheConnectionLives(string text, RealtimeErrorCode code)
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();

        await connection.OnMessageAsync(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)));

        Assert.Equal(code, (await transport.NextAsync<ErrorFrame>()).Error.Code);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task Guard_ThatRefuses_IsAnsweredWithTheCommandsId()
    {
        await using var bench = new EdgeBench();
        var guard = new TestGuard { Refusal = new RealtimeError(RealtimeErrorCode.RateLimited, "slower", TimeSpan.FromSeconds(1)) };
        var (connection, transport) = await bench.ConnectAsync(EdgeBench.Alice(), guard: guard);

        await connection.OnMessageAsync(new ReadOnlySequence<byte>("""{"type":"ping","id":"7"}"""u8.ToArray()));
        var error = await transport.NextAsync<ErrorFrame>();
        connection.OnEnded(CloseReason.GoingAway);

        Assert.Equal(("7", RealtimeErrorCode.RateLimited), (error.Id.Text, error.Error.Code));
        Assert.Equal(("alice", CloseReason.GoingAway), (guard.User?.Value, guard.Ended));
    }

    [Fact]
    public async Task Strikes_ThatAreTooMany_CloseTheConnection()
    {
        await using var bench = new EdgeBench();
        var (connection, _) = await bench.ConnectAsync(EdgeBench.Alice(), guard: new TestGuard { StrikesLeft = 1 });

        await connection.OnMessageAsync(new ReadOnlySequence<byte>("{"u8.ToArray()));
        Assert.True(connection.IsOpen);
        await connection.OnMessageAsync(new ReadOnlySequence<byte>("{"u8.ToArray()));

        Assert.Equal(CloseReason.Abusive, connection.CloseReason);
    }

    [Fact]
    public async Task Publish_OfAPayloadThatIsTooLarge_DoesNotReachTheChannel()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();

        await connection.OnCommandAsync(new PublishCommand(
            new CommandId("p"), EdgeBench.Room, Payload.Json($"\"{new string('x', 65 * 1024)}\""), null, null));

        Assert.Equal(RealtimeErrorCode.TooLarge, (await transport.NextAsync<ErrorFrame>()).Error.Code);
        Assert.Empty(bench.RoomChannel.Published);
    }

    [Fact]
    public async Task Publishes_OfOneConnection_ReachTheChannelInOrder()
    {
        await using var bench = new EdgeBench();
        var (connection, _) = await bench.LogInAsync();

        for (var i = 0; i < 200; i++)
        {
            await connection.OnCommandAsync(new PublishCommand(default, EdgeBench.Room, Payload.Json($"{i}"), null, null));
        }

        Assert.Equal(
            Enumerable.Range(0, 200).Select(static i => Payload.Json($"{i}")),
            bench.RoomChannel.Published.Select(static request => request.Payload));
    }

    [Fact]
    public async Task Publish_WithNoneBesideIt_IsAnsweredAtOnce()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();
        for (var i = 1; i <= 2; i++)
        {
            var before = transport.Writes;

            await connection.OnCommandAsync(new PublishCommand(new CommandId("p"), EdgeBench.Room, Payload.Json("1"), null, null));

            // The first is answered before the next is read, the second in the window.
            Assert.Equal(1, transport.Writes - before);
            await transport.NextAsync<AckFrame>();
        }
    }

    [Fact]
    public async Task Publishes_AnsweredByManyThreadsAtOnce_AreAllAnswered()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();
        await connection.OnCommandAsync(new PublishCommand(new CommandId("p"), EdgeBench.Room, Payload.Json("1"), null, null));
        await transport.NextAsync<AckFrame>();
        for (var round = 0; round < 50; round++)
        {
            var appended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            bench.RoomChannel.PublishesWaitFor = appended.Task;
            for (var i = 0; i < CommandWindow.Size; i++)
            {
                await connection.OnCommandAsync(new PublishCommand(new CommandId($"{i}"), EdgeBench.Room, Payload.Json("1"), null, null));
            }

            var before = transport.Writes;
            appended.SetResult();
            var answered = new HashSet<string?>();
            while (answered.Count < CommandWindow.Size)
            {
                Assert.True(answered.Add((await transport.NextAsync<AckFrame>()).Id.Text), "It was answered twice.");
            }

            Assert.InRange(transport.Writes - before, 1, CommandWindow.Size);
        }
    }

    [Fact]
    public async Task Publish_ThatOnlyTheApplicationCanAllow_IsAskedOnceAndRemembered()
    {
        var authorizer = new TestAuthorizer { Answer = true };
        await using var bench = new EdgeBench(authorizer: authorizer);
        bench.RoomChannel.OnPublish = static request => (request.Caller.Authorized & ChannelRights.Publish) != 0
            ? PublishOutcome.Accepted(new Position(new Epoch("e1"), 1))
            : PublishOutcome.Refused(new RealtimeError(RealtimeErrorCode.Forbidden, "undecided"), isUndecided: true);
        var (connection, transport) = await bench.LogInAsync();

        for (var i = 0; i < 3; i++)
        {
            await connection.OnCommandAsync(new PublishCommand(new CommandId("p"), EdgeBench.Room, Payload.Json("1"), null, null));
            await transport.NextAsync<AckFrame>();
        }

        Assert.Equal(1, authorizer.Asked);
    }

    [Fact]
    public async Task Publish_ThatTheApplicationDenies_IsForbidden()
    {
        await using var bench = new EdgeBench(authorizer: new TestAuthorizer());
        bench.RoomChannel.OnPublish = static _ =>
            PublishOutcome.Refused(new RealtimeError(RealtimeErrorCode.Forbidden, "undecided"), isUndecided: true);
        var (connection, transport) = await bench.LogInAsync();

        await connection.OnCommandAsync(new PublishCommand(new CommandId("p"), EdgeBench.Room, Payload.Json("1"), null, null));

        Assert.Equal(RealtimeErrorCode.Forbidden, (await transport.NextAsync<ErrorFrame>()).Error.Code);
    }

    [Fact]
    public async Task Bug_InACommand_ClosesItsConnectionWith1011()
    {
        await using var bench = new EdgeBench();
        bench.Log.Expect(1002);
        bench.RoomChannel.OnPublish = static _ => throw new InvalidOperationException("a bug");
        var (connection, transport) = await bench.LogInAsync();

        await connection.OnCommandAsync(new PublishCommand(new CommandId("p"), EdgeBench.Room, Payload.Json("1"), null, null));

        Assert.Equal(RealtimeErrorCode.Internal, (await transport.NextAsync<ErrorFrame>()).Error.Code);
        Assert.Equal(CloseReason.ServerFault, connection.CloseReason);
    }

    [Fact]
    public async Task Channel_ThatCannotBeReached_IsUnavailableAndTheConnectionLives()
    {
        await using var bench = new EdgeBench();
        bench.RoomChannel.OnPublish = static _ => throw new Core.Ports.ActorUnavailableException("away");
        var (connection, transport) = await bench.LogInAsync();

        await connection.OnCommandAsync(new PublishCommand(new CommandId("p"), EdgeBench.Room, Payload.Json("1"), null, null));
        var error = await transport.NextAsync<ErrorFrame>();

        Assert.Equal((RealtimeErrorCode.Unavailable, true), (error.Error.Code, error.Error.IsRetryable));
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task Call_IsAnsweredByTheApplication()
    {
        await using var bench = new EdgeBench(calls: new EchoCalls());
        var (connection, transport) = await bench.LogInAsync();

        await connection.OnCommandAsync(new CallCommand(new CommandId("c"), "echo", Payload.Json("5")));
        Assert.Equal(Payload.Json("5"), Assert.IsType<CallAck>((await transport.NextAsync<AckFrame>()).Payload).Data);

        bench.Log.Expect(1007);
        await connection.OnCommandAsync(new CallCommand(new CommandId("c"), "fail", Payload.Json("5")));
        Assert.Equal(RealtimeErrorCode.Internal, (await transport.NextAsync<ErrorFrame>()).Error.Code);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task Refresh_OfTheSameUser_MovesTheExpiry()
    {
        await using var bench = new EdgeBench();
        bench.System.Tokens["new"] = EdgeBench.Alice(bench.Clock.Now.AddHours(2));
        var (connection, transport) = await bench.ConnectAsync(EdgeBench.Alice(bench.Clock.Now.AddMinutes(5)));

        await connection.OnCommandAsync(new RefreshCommand(new CommandId("r"), "new"));
        var ack = Assert.IsType<RefreshedAck>((await transport.NextAsync<AckFrame>()).Payload);
        bench.Clock.Advance(TimeSpan.FromMinutes(6));
        connection.OnHeard();
        bench.Heartbeat.Sweep();

        Assert.Equal(bench.Clock.Now.AddHours(2).AddMinutes(-6), ack.Expires);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task Refresh_OfAnotherUser_IsForbidden()
    {
        await using var bench = new EdgeBench();
        bench.System.Tokens["bob"] = EdgeBench.Alice() with { User = UserId.Parse("bob") };
        var (connection, transport) = await bench.LogInAsync();

        await connection.OnCommandAsync(new RefreshCommand(new CommandId("r"), "bob"));

        Assert.Equal(RealtimeErrorCode.Forbidden, (await transport.NextAsync<ErrorFrame>()).Error.Code);
        Assert.Equal("alice", connection.Identity!.User.Value);
    }

    [Fact]
    public async Task Refresh_WithoutACapability_EndsTheSubscriptionThatNeededIt()
    {
        await using var bench = new EdgeBench();
        var name = ChannelName.Parse("secret:x");
        bench.System.Tokens["less"] = EdgeBench.Alice();
        var (connection, transport) = await bench.ConnectAsync(
            EdgeBench.Alice(capabilities: new Capabilities([("secret:*", ChannelRights.Subscribe)])));
        await EdgeBench.SubscribeAsync(connection, transport, name);

        // Without an authorizer undecided is no, but it is asked in the background.
        await connection.OnCommandAsync(new RefreshCommand(new CommandId("r"), "less"));
        await transport.NextAsync<AckFrame>();

        Assert.Equal(name, (await transport.NextAsync<UnsubscribedFrame>()).Channel);
    }

    [Fact]
    public async Task CloseConnections_OfTheUsersActor_AreObeyed()
    {
        await using var bench = new EdgeBench();
        var (connection, _) = await bench.LogInAsync();

        bench.Node.Receive(new CloseConnectionsMessage(UserId.Parse("alice"), [connection.Id], CloseReason.Kicked));

        Assert.Equal(CloseReason.Kicked, connection.CloseReason);
    }

    [Fact]
    public async Task End_OfAConnection_IsToldToItsUser()
    {
        await using var bench = new EdgeBench();
        var (connection, _) = await bench.LogInAsync();

        connection.OnEnded(CloseReason.GoingAway);

        Assert.Equal([connection.Id], bench.System.Ended);
        Assert.Equal(0, bench.Node.Connections.Count);
    }

    private sealed class TestGuard : IConnectionGuard
    {
        public RealtimeError? Refusal { get; set; }

        public int StrikesLeft { get; set; } = int.MaxValue;

        public UserId? User { get; private set; }

        public CloseReason? Ended { get; private set; }

        public RealtimeError? Admit(int messageBytes, out CloseReason? ending)
        {
            ending = null;
            return Refusal;
        }

        public CloseReason? Strike() => StrikesLeft-- > 0 ? null : CloseReason.Abusive;

        public void OnAuthenticated(UserId user) => User = user;

        public void OnEnded(CloseReason reason) => Ended = reason;
    }

    private sealed class TestAuthorizer : IChannelAuthorizer
    {
        public bool Answer { get; set; }

        public int Asked { get; private set; }

        public ValueTask<bool> AuthorizeAsync(
            UserId user, ChannelName channel, ChannelRights right, CancellationToken cancellationToken)
        {
            Asked++;
            return ValueTask.FromResult(Answer);
        }
    }

    private sealed class EchoCalls : ICallHandler
    {
        public ValueTask<CallOutcome> HandleAsync(
            UserId user, string method, Payload data, CancellationToken cancellationToken) =>
            method == "echo"
                ? ValueTask.FromResult(new CallOutcome(null, data))
                : throw new InvalidOperationException("the application's bug");
    }
}
