using System.Net;
using System.Text;
using OrleansRealtime.Protocol;
using Xunit.Sdk;

namespace OrleansRealtime.Testing.Wire;

/// <summary>A reader of <c>/v1/sse</c> that reads only what a test waits for (WHATWG HTML, section 9.2).</summary>
public sealed class TestEventStream : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;
    private readonly Queue<string> _seen = new();
    private string? _id;

    private TestEventStream(HttpClient http, HttpResponseMessage response, StreamReader lines)
    {
        _http = http;
        _response = response;
        _lines = lines;
    }

    /// <summary>The id to send as <c>Last-Event-ID</c> when coming back.</summary>
    public string? LastEventId => _id;

    /// <summary>The status of the answer.</summary>
    public HttpStatusCode Status => _response.StatusCode;

    /// <summary>Opens the stream of some channels.</summary>
    public static Task<TestEventStream> OpenAsync(
        Uri server, string channels, string? token = null, string? lastEventId = null) =>
        OpenAtAsync(new Uri(server, $"/v1/sse?channels={Uri.EscapeDataString(channels)}"), token, lastEventId);

    /// <summary>Opens a stream.</summary>
    public static async Task<TestEventStream> OpenAtAsync(Uri address, string? token = null, string? lastEventId = null)
    {
        var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        using var patience = new CancellationTokenSource(Patience);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        var lines = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token), Encoding.UTF8);
        return new TestEventStream(http, response, lines);
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    public async Task<ServerSentEvent?> NextAsync(string expectation = "an event")
    {
        var data = new List<string>();
        var type = "message";
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            string? line;
            try
            {
                line = await _lines.ReadLineAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new XunitException(
                    $"Expected {expectation}, but nothing came for {Patience.TotalSeconds} s. Last seen:{Environment.NewLine}{string.Join(Environment.NewLine, _seen)}");
            }

            Remember(line);
            switch (line)
            {
                case null:
                    return null;
                case "" when data.Count > 0:
                    return new ServerSentEvent(_id, type, string.Join('\n', data));
                case "":
                    type = "message";
                    break;
                default:
                    TakeField(line, data, ref type);
                    break;
            }
        }
    }

    /// <summary>The next event whose data is a frame of a type that matches; others are skipped.</summary>
    public async Task<TFrame> AwaitAsync<TFrame>(Func<TFrame, bool>? match = null)
        where TFrame : ServerFrame
    {
        while (await NextAsync(typeof(TFrame).Name) is { } @event)
        {
            var bytes = new System.Buffers.ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(@event.Data));
            if (FrameCodecs.Default.TryReadFrame(bytes, out var frame) && frame is TFrame wanted && match?.Invoke(wanted) != false)
            {
                return wanted;
            }
        }

        throw new XunitException(
            $"Expected {typeof(TFrame).Name}, but the stream ended. Last seen:{Environment.NewLine}{string.Join(Environment.NewLine, _seen)}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _response.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private void TakeField(string line, List<string> data, ref string type)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon == 0)
        {
            return;
        }

        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? "" : line[(colon + 1)..];
        value = value.StartsWith(' ') ? value[1..] : value;
        switch (name)
        {
            case "data":
                data.Add(value);
                break;
            case "event":
                type = value;
                break;
            case "id":
                _id = value;
                break;
        }
    }

    private void Remember(string? line)
    {
        _seen.Enqueue(line ?? "(end)");
        if (_seen.Count > 30)
        {
            _seen.Dequeue();
        }
    }
}
