using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Edge.Limits;
using OrleansRealtime.Edge.Tests.WebSockets;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.Kestrel;

/// <summary>The cases of <see cref="WebSocketCases"/> against a server: what a client sees of each on its socket.</summary>
public abstract class WebSocketConformanceTests(Carrier carrier) : CarrierTests(carrier)
{
    private const int MaxBytesInPieces = 400;

    public static TheoryData<string> Groups => [.. WebSocketCases.Groups.Select(static group => group.Name)];

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task Cases_InOneWrite_AreAnsweredByTheRules(string group)
    {
        await using var server = await StartAsync();
        foreach (var @case in WebSocketCases.Groups.Single(candidate => candidate.Name == group).Cases)
        {
            await AssertAnswersAsync(server, @case, static (connection, bytes) => connection.SendBytesAsync(bytes));
        }
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public Task Cases_InRandomPieces_AreAnsweredByTheRules(string group) =>
        Seeds.TryAsync(1, async random =>
        {
            await using var server = await StartAsync();
            var cases = WebSocketCases.Groups.Single(candidate => candidate.Name == group).Cases;
            foreach (var @case in cases.Where(static @case => @case.Bytes.Length <= MaxBytesInPieces))
            {
                await AssertAnswersAsync(server, @case, (connection, bytes) => SendInPiecesAsync(connection, bytes, random));
            }
        });

    private Task<EdgeServer> StartAsync() =>
        StartAsync(static services => services

            // Time stands still, so that nothing is over because somebody's patience is.
            .AddSingleton<TimeProvider>(new ManualTimeProvider(DateTimeOffset.UtcNow))
            .Configure<EdgeOptions>(static options => (options.Compression, options.MaxMessageBytes) = (true, Transcript.MaxMessageBytes))
            .Configure<LimitOptions>(static options =>
                (options.Strikes, options.BytesPerSecond, options.BytesPerSecondPerUser) = (int.MaxValue, 0, 0)));

    private static async Task AssertAnswersAsync(
        EdgeServer server, WebSocketCase @case, Func<TestConnection, byte[], Task> sendAsync)
    {
        var codec = FrameCodecs.All[@case.IsBinary ? 1 : 0];
        await using var connection = await server.ConnectAsync(new TestConnectionOptions
        {
            Codec = codec,
            Subprotocols = [codec.Subprotocol, ProtocolVersion.BearerSubprotocolPrefix + EdgeServer.Token("alice")],
            Headers = @case.IsCompressed ? [("Sec-WebSocket-Extensions", "permessage-deflate")] : [],
        });
        await connection.AwaitAsync<AuthAckFrame>();

        await TrySendAsync(() => sendAsync(connection, @case.Bytes));
        string[] expected = [.. Answers(@case)];
        var actual = new List<string>();
        if (@case.Expected[^1] == "Ended" && expected.Length == 0)
        {
            connection.EndWrites();
        }

        while (await connection.NextWireFrameAsync() is { } frame)
        {
            actual.Add(LineOf(frame));
            if (@case.Expected[^1] == "Ended" && actual.Count == expected.Length)
            {
                // Not earlier: Kestrel gives up what it has to say to who has ended the stream.
                connection.EndWrites();
            }

            if (frame.Opcode == 8 && @case.Expected[^1].StartsWith("Fault", StringComparison.Ordinal))
            {
                // Behind a broken rule the server knows no frames any more: it only waits for the end.
                connection.EndWrites();
            }
        }

        Assert.True(expected.SequenceEqual(actual), $"{@case.Name}: {string.Join(" | ", actual)}");
    }

    private static async Task SendInPiecesAsync(TestConnection connection, byte[] bytes, Random random)
    {
        for (var start = 0; start < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - start, random.Next(1, 8));
            await connection.SendBytesAsync(bytes.AsMemory(start, length));
            start += length;
        }
    }

    // A server that has closed may be gone before all was sent; what it said is there to be read.
    private static async Task TrySendAsync(Func<Task> sendAsync)
    {
        try
        {
            await sendAsync();
        }
        catch (IOException)
        {
        }
    }

    private static string LineOf(RawFrame frame) =>
        frame.Opcode switch
        {
            8 => $"close {frame.CloseReason.Code}",
            10 => $"pong {Transcript.Shorten(Convert.ToHexString(frame.Payload))}".TrimEnd(),
            _ => "answer",
        };

    /// <summary>No message of the cases is a command, so each is answered by a refusal.</summary>
    private static IEnumerable<string> Answers(WebSocketCase @case)
    {
        foreach (var words in @case.Expected.Select(static line => line.Split(' ', 3)))
        {
            switch (words[0])
            {
                case "Text" or "Binary":
                    yield return "answer";
                    break;
                case "Ping":
                    yield return string.Join(' ', ["pong", .. words.Skip(1)]);
                    break;
                case "Close":
                    var code = int.Parse(words[1], CultureInfo.InvariantCulture);
                    yield return $"close {(code < 3000 ? code : 1000)}";
                    break;
                case "Fault":
                    yield return $"close {words[1]}";
                    break;
            }
        }
    }
}

/// <summary>The same on streams of Kestrel.</summary>
public sealed class WebSocketConformanceTestsOnKestrel() : WebSocketConformanceTests(Carrier.Kestrel);

/// <summary>The same on sockets.</summary>
public sealed class WebSocketConformanceTestsOnSockets() : WebSocketConformanceTests(Carrier.Sockets);
