using System.Net.Http.Headers;
using System.Text.Json;

namespace OrleansRealtime.Edge.Tests.ServerSentEvents;

/// <summary>Reads server-sent events as a browser does (HTML standard, section 9.2.6).</summary>
internal sealed class EventStreamClient : IDisposable
{
    // Long enough for a loaded machine; a test that waits this long has failed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;
    private string _idOfNext = "";

    private EventStreamClient(HttpClient http, HttpResponseMessage response, Stream stream)
    {
        _http = http;
        _response = response;
        _reader = new StreamReader(stream);
    }

    public HttpResponseMessage Response => _response;

    public string LastEventId { get; private set; } = "";

    public long? RetryMs { get; private set; }

    public static async Task<EventStreamClient> OpenAsync(
        Uri server, string query, string? token, string? lastEventId = null)
    {
        var http = new HttpClient { BaseAddress = server };
        var response = await SendAsync(http, query, token, lastEventId);
        Assert.True(response.IsSuccessStatusCode, await TextOfAsync(response));
        return new EventStreamClient(http, response, await response.Content.ReadAsStreamAsync());
    }

    public static Task<HttpResponseMessage> SendAsync(HttpClient http, string query, string? token, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sse" + query);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The next event that is dispatched, with its frame's type and its data; null at the end of the stream.</summary>
    public async Task<(string Name, JsonElement Data)?> ReadAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var data = new List<string>();
        while (await _reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Length == 0)
            {
                LastEventId = _idOfNext;
                if (data.Count > 0)
                {
                    var frame = JsonDocument.Parse(string.Join('\n', data)).RootElement;
                    return (frame.GetProperty("type").GetString()!, frame);
                }

                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = line[(colon + 1)..].TrimStart(' ');
            switch (line[..colon])
            {
                case "data":
                    data.Add(value);
                    break;
                case "id":
                    _idOfNext = value;
                    break;
                case "retry":
                    RetryMs = long.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                    break;
            }
        }

        return null;
    }

    /// <summary>The next event of this name; those before it are passed over.</summary>
    public async Task<JsonElement> AwaitAsync(string name)
    {
        while (await ReadAsync() is { } next)
        {
            if (next.Name == name)
            {
                return next.Data;
            }
        }

        throw new EndOfStreamException($"The stream ended before an event '{name}'.");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
        _http.Dispose();
    }

    private static async Task<string> TextOfAsync(HttpResponseMessage response) =>
        response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync();
}
