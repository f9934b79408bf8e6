using OrleansRealtime.Testing.Sessions;
using Xunit.Sdk;

namespace OrleansRealtime.Protocol.Tests.Sessions;

public class SessionRunnerTests
{
    private readonly FakeHost _host = new();

    [Fact]
    public async Task Run_ServerAnswersAsRecorded_Passes()
    {
        await RunAsync("""
            # good
            @connect
            > {"id":"<token:alice>"}
            < {"echo":"<any:x>"}
            > {"again":"<any:x>"}
            < {"echo":{"again":{"id":"given token:alice"}}}
            @http POST /v1/publish?x=<x> <key:backend>
            > {"b":1}
            < 200 {"path":"<any>","isKey":true,"body":{"b":1}}
            @cut
            """);

        Assert.Equal(["""{"id":"given token:alice"}""", """{"again":{"id":"given token:alice"}}"""], _host.Sent);
        Assert.Equal(1, _host.Cuts);
    }

    [Fact]
    public async Task Run_FramesInAnyOrder_MatchInAnyOrder()
    {
        await RunAsync("""
            # order
            @connect
            > 1
            > 2
            > 3
            <~ {"echo":3}
            <~ {"echo":1}
            <~ {"echo":2}
            """);

        Assert.Equal(1, _host.Cuts);
    }

    [Theory]
    [InlineData("# t\n@connect\n> 1\n< {\"echo\":2}", "line 4")]
    [InlineData("# t\n@connect\n> 1\n> 2\n< {\"echo\":2}", "line 5")]
    [InlineData("# t\n@connect\n< {\"echo\":2}", "line 3")]
    [InlineData("# t\n@connect\n@closed 4002", "line 3")]
    [InlineData("# t\n@http GET /x\n< 404", "expected status 404, but was 200")]
    [InlineData("# t\n@http GET /x\n< 200 {}", "is not in the session")]
    public async Task Run_ServerDiffers_FailsWithTheLine(string text, string message)
    {
        var failure = await Assert.ThrowsAsync<XunitException>(() => RunAsync(text));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ServerClosesAsRecorded_Passes() => await RunAsync("# t\n@connect\n@closed 4001");

    private Task RunAsync(string text) => SessionRunner.RunAsync(SessionParser.Parse("test", text), _host, CancellationToken.None);

    /// <summary>Echoes what it is sent, and closes with 4001 when asked for the end.</summary>
    private sealed class FakeHost : ISessionHost, ISessionLink
    {
        private readonly Queue<string> _answers = new();

        public List<string> Sent { get; } = [];

        public int Cuts { get; private set; }

        public string LastEventId => string.Empty;

        public string Given(string placeholder) => "given " + placeholder;

        public Task<ISessionLink> ConnectAsync(string subprotocol, CancellationToken cancellationToken) =>
            Task.FromResult<ISessionLink>(this);

        public Task<ISessionLink> OpenEventsAsync(
            string path, string credential, string lastEventId, CancellationToken cancellationToken) =>
            Task.FromResult<ISessionLink>(this);

        public Task<(int Status, string Body)> SendAsync(
            string method, string path, string credential, bool isKey, string? body, CancellationToken cancellationToken) =>
            Task.FromResult((200, $$"""{"path":"x","isKey":{{(isKey ? "true" : "false")}},"body":{{body ?? "null"}}}"""));

        public Task SendAsync(string text, CancellationToken cancellationToken)
        {
            Sent.Add(text);
            _answers.Enqueue($$"""{"echo":{{text}}}""");
            return Task.CompletedTask;
        }

        public Task<string> ReceiveAsync(CancellationToken cancellationToken) =>
            _answers.TryDequeue(out var answer)
                ? Task.FromResult(answer)
                : throw new InvalidOperationException("Nothing came.");

        public Task<int> ReceiveCloseAsync(CancellationToken cancellationToken) => Task.FromResult(4001);

        public Task CutAsync()
        {
            Cuts++;
            return Task.CompletedTask;
        }
    }
}
