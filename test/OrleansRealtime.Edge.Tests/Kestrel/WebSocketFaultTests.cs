using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.Kestrel;

/// <summary>What a client hears over a real socket when the store, the application or the server itself fails.</summary>
public abstract class WebSocketFaultTests(Carrier carrier) : CarrierTests(carrier)
{
    private static readonly CallCommand Call = new(new CommandId("c"), "do", Payload.Json("1"));

    [Fact]
    public async Task Store_ThatFails_IsUnavailableAndTheSameMessageIdSucceedsLater()
    {
        var fault = LogFault.After;
        var log = new FaultyChannelLog(
            new MemoryChannelLog(TimeProvider.System),
            method => Task.FromResult(method == nameof(IChannelLog.AppendAsync) ? fault : LogFault.None));
        await using var server = await StartAsync(services => services.AddSingleton<IChannelLog>(log));
        server.Policies.Set(new ChannelPolicy { Namespace = "kept", Durability = Durability.Durable });
        await using var alice = await server.LogInAsync("alice");
        var publish = new PublishCommand(
            new CommandId("p"), ChannelName.Parse("kept:1"), Payload.Json("1"), MessageId: "once", Key: null);

        await alice.SendAsync(publish);
        var error = await alice.AwaitAsync<ErrorFrame>();
        fault = LogFault.None;
        await alice.SendAsync(publish);
        var ack = Assert.IsType<PublishedAck>((await alice.AwaitAsync<AckFrame>()).Payload);

        Assert.Equal((RealtimeErrorCode.Unavailable, true), (error.Error.Code, error.Error.IsRetryable));
        Assert.Equal((1, true), (ack.Position.Sequence, ack.Duplicate));
    }

    [Fact]
    public async Task Application_ThatThrows_IsInternalAndTheConnectionLives()
    {
        await using var server = await AnsweringAsync(static _ => throw new InvalidOperationException("a bug"));
        server.Log.Expect(1007);
        await using var alice = await server.LogInAsync("alice");

        await alice.SendAsync(Call);
        Assert.Equal(RealtimeErrorCode.Internal, (await alice.AwaitAsync<ErrorFrame>()).Error.Code);

        await alice.SendAsync(new PingCommand(new CommandId("alive")));
        Assert.Equal("alive", (await alice.AwaitAsync<PongFrame>()).Id.Text);
    }

    [Fact]
    public async Task Application_ThatDoesNotAnswer_IsATimeoutAndIsAskedToStop()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(services => services
            .AddSingleton<ICallHandler>(new Handler(async token =>
            {
                await using var registration = token.Register(stopped.SetResult);
                await new TaskCompletionSource<CallOutcome>().Task;
                return new CallOutcome(null, default);
            }))
            .Configure<EdgeOptions>(static options => options.ApplicationTimeout = TimeSpan.FromSeconds(1)));
        await using var alice = await server.LogInAsync("alice");

        await alice.SendAsync(Call);

        Assert.Equal(RealtimeErrorCode.Timeout, (await alice.AwaitAsync<ErrorFrame>()).Error.Code);
        await stopped.Task;
    }

    [Fact]
    public async Task Bug_InTheServer_IsInternalAndClosesWith1011()
    {
        await using var server = await StartAsync(static services => services.AddSingleton<IChannels>(new BrokenChannels()));
        server.Log.Expect(1002);
        await using var alice = await server.LogInAsync("alice");

        await alice.SendAsync(new HistoryCommand(new CommandId("h"), EdgeServer.Room, From: null, Limit: 1, Reverse: false));

        Assert.Equal(RealtimeErrorCode.Internal, (await alice.AwaitAsync<ErrorFrame>()).Error.Code);
        Assert.Equal(1011, (await alice.AwaitCloseAsync()).Code);
    }

    private Task<EdgeServer> AnsweringAsync(Func<CancellationToken, Task<CallOutcome>> answer) =>
        StartAsync(services => services.AddSingleton<ICallHandler>(new Handler(answer)));

    private sealed class Handler(Func<CancellationToken, Task<CallOutcome>> answer) : ICallHandler
    {
        public async ValueTask<CallOutcome> HandleAsync(
            UserId user, string method, Payload data, CancellationToken cancellationToken) => await answer(cancellationToken);
    }

    private sealed class BrokenChannels : IChannels
    {
        public IChannel Get(ChannelName channel) => throw new InvalidOperationException("a bug");

        public ValueTask<ImmutableArray<RenewOutcome>> RenewAsync(
            ImmutableArray<Renewal> renewals, CancellationToken cancellationToken) => new([]);
    }
}

/// <summary>The same on streams of Kestrel.</summary>
public sealed class WebSocketFaultTestsOnKestrel() : WebSocketFaultTests(Carrier.Kestrel);

/// <summary>The same on sockets.</summary>
public sealed class WebSocketFaultTestsOnSockets() : WebSocketFaultTests(Carrier.Sockets);
