using System.Buffers;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.FanOut;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.ServerSentEvents;
using OrleansRealtime.Edge.Sockets;
using OrleansRealtime.Edge.WebSockets;
using OrleansRealtime.Protocol;
using OrleansRealtime.Runtime.Embedded;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.Connections;

/// <summary>What one message costs in memory at each station of its way, counted on the thread that does it.</summary>
public sealed class HotPathAllocationTests
{
    private const int Rounds = 500;
    private const int MaxPayloadBytes = 64 * 1024;

    // An array's header and length, and what rounds it up.
    private const int ArrayOverhead = 24 + 7;

    private static readonly ChannelName Room = ChannelName.Parse("chat:room");

    public static TheoryData<int> Formats => [FrameFormat.WebSocketJsonSlot, FrameFormat.WebSocketProtobufSlot, FrameFormat.ServerSentEventsSlot];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Publication_Encoded_AllocatesItsFinishedFrameOnly(int slot)
    {
        var format = FormatOf(slot);
        var frame = new PublicationFrame(Room, new Publication(
            7, DateTimeOffset.UnixEpoch, Sender.FromValue("alice"), "m1", null, Payload.Json($"\"{new string('x', 1000)}\"")));
        var length = format.EncodePublication(frame).Length;

        var each = Measure(() => format.EncodePublication(frame));

        Assert.InRange(each, length, length + ArrayOverhead);
    }

    [Theory]
    [InlineData(FrameFormat.WebSocketJsonSlot)]
    [InlineData(FrameFormat.WebSocketProtobufSlot)]
    public void Message_Received_AllocatesNothingUntilItIsRead(int slot)
    {
        var codec = FormatOf(slot).Codec;
        var frames = Publish(codec, new string('x', 1000));
        var received = new byte[frames.Length];
        using var assembler = new WebSocketMessageAssembler(codec.IsBinary, 64 * 1024, mayBeCompressed: false);

        var each = Measure(() =>
        {
            frames.CopyTo(received, 0);
            var input = new ReadOnlySequence<byte>(received);
            Assert.True(assembler.TryRead(ref input, out _));
            assembler.Release();
        });

        Assert.Equal(0, each);
    }

    [Fact]
    public void Message_InFragmentsOfOneByte_AllocatesNothingForEach()
    {
        var frames = Fragments(256);
        var received = new byte[frames.Length];
        using var assembler = new WebSocketMessageAssembler(isBinary: false, 64 * 1024, mayBeCompressed: false);

        var each = Measure(() =>
        {
            frames.CopyTo(received, 0);
            var input = new ReadOnlySequence<byte>(received);
            Assert.True(assembler.TryRead(ref input, out _));
            assembler.Release();
        });

        // The pool's arrays may be taken from it anew when the collector trimmed them meanwhile.
        Assert.InRange(each, 0, 64);
    }

    [Fact]
    public void Socket_WrittenTo_AllocatesNothing()
    {
        if (!SocketEngine.IsSupported)
        {
            return;
        }

        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        using var server = listener.Accept();
        var transport = new DirectTransport((int)server.Handle, FormatOf(FrameFormat.WebSocketJsonSlot));
        var frame = new byte[128];
        var read = new byte[frame.Length];

        var each = Measure(() =>
        {
            var write = transport.WriteAsync(frame, CancellationToken.None);
            Assert.True(write.IsCompletedSuccessfully);
            for (var received = 0; received < read.Length;)
            {
                received += client.Receive(read.AsSpan(received));
            }
        });

        Assert.Equal(0, each);
    }

    [Theory]
    [InlineData(FrameFormat.WebSocketJsonSlot, JsonPublishBytes)]
    [InlineData(FrameFormat.WebSocketProtobufSlot, ProtobufPublishBytes)]
    public async Task Publish_FromItsFrameToItsAck_StaysWithinItsBudget(int slot, long budget)
    {
        var policies = new FixedPolicies(
            new PolicySurroundings(HasStore: false, MaxPayloadBytes),
            new ChannelPolicy { Namespace = "chat", Limits = new ChannelLimits(MaxPayloadBytes, 0, 0) });
        var services = new ServiceCollection();
        services.AddSingleton<IChannelPolicies>(policies);
        services.AddLogging();
        services.AddEmbeddedRealtime();
        await using var provider = services.BuildServiceProvider();
        using var node = CreateNode(provider, policies);
        var shard = new Shard(0, new DeliveryLatency(node.Metrics, node.Clock), static fault => throw fault, static turn => turn.Execute());
        var transport = new CountingTransport(FormatOf(slot));
        var connection = node.Open(transport, FreeGuard.Instance, shard);
        await connection.StartAsync(new Identity(
            UserId.Parse("alice"), false, DateTimeOffset.UnixEpoch, null, Capabilities.None, default), null);
        var frames = Publish(transport.Format.Codec, new string('x', 100));
        var received = new byte[frames.Length];
        using var assembler = new WebSocketMessageAssembler(transport.Format.Codec.IsBinary, 64 * 1024, mayBeCompressed: false);
        await Receive();

        var written = transport.Writes;
        var each = Measure(() => Assert.True(Receive().AsTask().IsCompletedSuccessfully));

        // The rounds of the warm-up and those that were counted.
        Assert.Equal(written + WarmUpRounds + Rounds, transport.Writes);
        Assert.InRange(each, 1, budget);

        ValueTask Receive()
        {
            frames.CopyTo(received, 0);
            var input = new ReadOnlySequence<byte>(received);
            Assert.True(assembler.TryRead(ref input, out var message));
            return WebSocketInbound.TakeAsync(connection, message, out _);
        }
    }

    // The command with its texts and payload, the request, the publication, its batch and answer, the ack and its frame; and in a
    // build for debugging, in which async methods cost an object each, those. One object more would exceed them.
    private const long JsonPublishBytes = 1368;
    private const long ProtobufPublishBytes = 1296;

    // More than the replay buffer holds, so that it has its size.
    private const int WarmUpRounds = 3000;

    private static long Measure(Action round)
    {
        for (var i = 0; i < WarmUpRounds; i++)
        {
            round();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            round();
        }

        // What is not of every round, as when the code is compiled anew for its use, does not make a byte for each.
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }

    private static FrameFormat FormatOf(int slot) => slot switch
    {
        FrameFormat.WebSocketJsonSlot => new WebSocketFormat(slot, FrameCodecs.All[0]),
        FrameFormat.WebSocketProtobufSlot => new WebSocketFormat(slot, FrameCodecs.All[1]),
        _ => EventStreamFormat.Instance,
    };

    private static byte[] Publish(IFrameCodec codec, string text)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.WriteCommand(new PublishCommand(new CommandId("17"), Room, Payload.Json($"\"{text}\""), null, null), output);
        var message = output.WrittenSpan.ToArray();
        return (codec.IsBinary ? ClientFrame.Binary(message) : ClientFrame.Text(message)).ToBytes();
    }

    private static byte[] Fragments(int count) => ClientFrame.ToBytes(
        ClientFrame.Fragments(1, [.. Enumerable.Repeat(Encoding.UTF8.GetBytes("x"), count)]));

    private static EdgeNode CreateNode(ServiceProvider provider, FixedPolicies policies) => new(new EdgeNodeServices
    {
        Channels = provider.GetRequiredService<IChannels>(),
        Users = provider.GetRequiredService<IUsers>(),
        Policies = policies,
        Directory = provider.GetRequiredService<IEdgeDirectory>(),
        Tokens = new ScriptedTokens(),
        Options = Options.Create(new EdgeOptions()),
        Limits = Options.Create(new LimitOptions()),
        Drain = Options.Create(new DrainOptions()),
        Authentication = Options.Create(new AuthenticationOptions()),
        Clock = new ManualTimeProvider(),
        Metrics = new EdgeMetrics(provider.GetRequiredService<IMeterFactory>()),
        Log = NullLogger.Instance,
    });

    private sealed class ScriptedTokens : ITokenValidator
    {
        public ValueTask<TokenOutcome> ValidateAsync(string token, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class CountingTransport(FrameFormat format) : ITransport
    {
        public int Writes { get; private set; }

        public TransportKind Kind => TransportKind.WebSocket;

        public FrameFormat Format => format;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Writes++;
            return ValueTask.CompletedTask;
        }

        public void Abort()
        {
        }

        public void CompleteWrites()
        {
        }
    }
}
