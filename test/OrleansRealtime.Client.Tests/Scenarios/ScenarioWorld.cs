using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using OrleansRealtime.Client.Tests.Fakes;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Client.Tests.Scenarios;

/// <summary>The client under test, its fake server, its application, and what each of them saw.</summary>
internal sealed class ScenarioWorld : IAsyncDisposable
{
    private readonly ConcurrentQueue<TaskCompletionSource<string?>> _tokens = new();
    private readonly List<Task> _readers = [];

    public ScenarioWorld()
    {
        Server.Attempted = attempt => Outside.Add(new Seen("client.opens", Attempt: attempt));
        Client = new RealtimeClient(new RealtimeClientOptions
        {
            Address = Server.Address,
            Encoding = ClientEncoding.Json,
            Fallback = false,
            TimeProvider = Clock,
            Jitter = static () => ScenarioFile.Random,
            Logger = Log.CreateLogger("client"),
            TokenProvider = AskTokenAsync,
        });
        Client.StateChanged += (_, change) => States.Add(new Seen("app.state", Text: Name(change)));
    }

    public ManualTimeProvider Clock { get; } = new();

    public LogGuard Log { get; } = new();

    public FakeServer Server { get; } = new();

    public RealtimeClient Client { get; }

    public FakeConnection? Connection { get; set; }

    public SeenQueue Outside { get; } = new();

    public SeenQueue States { get; } = new();

    public Dictionary<string, SeenQueue> Heard { get; } = [];

    public Dictionary<string, SeenQueue> Told { get; } = [];

    public Dictionary<string, Task<PublishedAck>> Publishes { get; } = [];

    public void Subscribe(string channel)
    {
        var heard = Heard[channel] = new SeenQueue();
        var told = Told[channel] = new SeenQueue();
        var subscription = Client.Subscribe(channel, new SubscriptionOptions { OnHistoryLost = static (_, _) => ValueTask.CompletedTask });
        subscription.Noticed += (_, notice) => told.Add(new Seen("app.told", Notice: notice));
        _readers.Add(ReadAsync(subscription, heard));
    }

    public void AnswerToken(string? token)
    {
        Assert.True(_tokens.TryDequeue(out var waiting));
        if (token is null)
        {
            waiting.SetException(new InvalidOperationException("The provider fails as told."));
        }
        else
        {
            waiting.SetResult(token);
        }
    }

    /// <summary>Starts reading what the client sends on the connection of now.</summary>
    public void Watch(FakeConnection connection)
    {
        Connection = connection;
        _readers.Add(connection.ReadAsync(
            message => Outside.Add(new Seen("client.sends", Message: JsonNode.Parse(message))),
            () => Outside.Add(new Seen("client.closes"))));
    }

    /// <summary>Nothing was seen that no step took.</summary>
    public void AssertNothingLeft()
    {
        foreach (var queue in new[] { Outside, States }.Concat(Heard.Values).Concat(Told.Values))
        {
            Assert.Empty(queue.Rest());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        await Server.DisposeAsync();
        await Task.WhenAll(_readers).WaitAsync(TimeSpan.FromSeconds(20));
        Log.Verify();
    }

    private static string Name(ClientStateChange change) => change.State switch
    {
        ClientState.Closed => string.Create(CultureInfo.InvariantCulture, $"closed {change.Reason!.Code}"),
        var state => state.ToString().ToLowerInvariant(),
    };

    private static async Task ReadAsync(Subscription subscription, SeenQueue heard)
    {
        try
        {
            await foreach (var publication in subscription)
            {
                heard.Add(new Seen("app.hears", Text: string.Create(
                    CultureInfo.InvariantCulture,
                    $"{publication.Position.Sequence} {Encoding.UTF8.GetString(publication.Payload.Bytes.Span)}")));
            }
        }
        catch (Exception exception) when (exception is RealtimeException or RealtimeClosedException)
        {
            // How a subscription ends that the server refused; the notice of it is what the scenarios look at.
        }
    }

    private async ValueTask<string?> AskTokenAsync(CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _tokens.Enqueue(answer);
        Outside.Add(new Seen("client.asksToken"));
        return await answer.Task.WaitAsync(cancellationToken);
    }
}

/// <summary>One thing that was seen.</summary>
internal sealed record Seen(
    string What, string? Text = null, JsonNode? Message = null, FakeAttempt? Attempt = null, SubscriptionNotice? Notice = null);

/// <summary>What was seen, in order; a step awaits the next.</summary>
internal sealed class SeenQueue
{
    private readonly Channel<Seen> _seen = Channel.CreateUnbounded<Seen>();

    public void Add(Seen seen) => _seen.Writer.TryWrite(seen);

    public async Task<Seen> NextAsync(string step)
    {
        try
        {
            return await _seen.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not seen within 10 s: {step}");
        }
    }

    public List<Seen> Rest()
    {
        var rest = new List<Seen>();
        while (_seen.Reader.TryRead(out var seen))
        {
            rest.Add(seen);
        }

        return rest;
    }
}
