using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Protocol;
using OrleansRealtime.Protocol.Json;

namespace OrleansRealtime.Client.Transports;

/// <summary>Carries commands over the HTTP API, and turns its answers into the frames that a WebSocket would bring.</summary>
internal sealed class HttpCommands(Uri address, HttpMessageInvoker http, TimeProvider time)
{
    /// <summary>The token of all requests, or null.</summary>
    public string? Token { get; set; }

    /// <summary>Carries out one command.</summary>
    /// <returns>The answer; a lost one is an <c>error</c> <c>unavailable</c>.</returns>
    public async Task<ServerFrame> SendAsync(ClientCommand command, CancellationToken cancellationToken)
    {
        try
        {
            using var request = RequestOf(command);
            using var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? AnswerOf(command, body) : RefusalOf(command, response, body);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Unavailable(command, exception.Message);
        }
    }

    /// <summary>A request with the token.</summary>
    public HttpRequestMessage NewRequest(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, ServerAddress.Http(address, path));
        if (Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return request;
    }

    /// <summary>The answer to a request, as soon as its head is there.</summary>
    /// <exception cref="LinkException">It is no success.</exception>
    public async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new LinkException(EndOf(response));
        }
    }

    /// <summary>How an answer that is no success ends an attempt to connect.</summary>
    private LinkEnd EndOf(HttpResponseMessage response) => LinkEnd.Refused(
        (int)response.StatusCode,
        $"HTTP {(int)response.StatusCode}",
        response.Headers.TryGetValues("Retry-After", out var values) ? RetryAfter.TryRead(values.FirstOrDefault(), time.GetUtcNow()) : null);

    private HttpRequestMessage RequestOf(ClientCommand command) => command switch
    {
        PublishCommand publish => Post("publish", writer =>
        {
            writer.WriteString("channel", publish.Channel.Value);
            WriteData(writer, publish.Payload);
            WriteOptional(writer, "mid", publish.MessageId);
            WriteOptional(writer, "key", publish.Key);
        }),
        SignalCommand signal => Post("signal", writer =>
        {
            writer.WriteString("channel", signal.Channel.Value);
            WriteData(writer, signal.Payload);
            WriteOptional(writer, "key", signal.Key);
        }),
        CallCommand call => Post("call", writer =>
        {
            writer.WriteString("method", call.Method);
            WriteData(writer, call.Payload);
        }),
        HistoryCommand history => NewRequest(HttpMethod.Get, HistoryPath(history)),
        PresenceCommand presence => NewRequest(HttpMethod.Get, "presence?channel=" + Uri.EscapeDataString(presence.Channel.Value)),
        _ => throw new NotSupportedException($"{command.GetType().Name} has no place in the HTTP API."),
    };

    private static string HistoryPath(HistoryCommand history)
    {
        var from = history.From is { } position
            ? string.Create(CultureInfo.InvariantCulture, $"&epoch={Uri.EscapeDataString(position.Epoch.Value)}&seq={position.Sequence}")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"history?channel={Uri.EscapeDataString(history.Channel.Value)}&limit={history.Limit}&reverse={(history.Reverse ? "true" : "false")}{from}");
    }

    private HttpRequestMessage Post(string path, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        var request = NewRequest(HttpMethod.Post, path);
        request.Content = new ReadOnlyMemoryContent(body.WrittenMemory);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request;
    }

    private static void WriteData(Utf8JsonWriter writer, Payload payload)
    {
        if (payload.Kind == PayloadKind.Binary)
        {
            writer.WriteString("encoding", "base64");
            writer.WriteBase64String("data", payload.Bytes.Span);
            return;
        }

        writer.WritePropertyName("data");
        writer.WriteRawValue(payload.Bytes.Span);
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    // The body of an answer is the payload of the ack, so one reader is enough for both.
    private static ServerFrame AnswerOf(ClientCommand command, byte[] body)
    {
        if (body.Length == 0)
        {
            return new AckFrame(command.Id, null, null);
        }

        var ack = new ArrayBufferWriter<byte>(body.Length + 64);
        using (var writer = new Utf8JsonWriter(ack))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "ack");
            writer.WriteString("id", command.Id.Text);
            writer.WritePropertyName("payload");
            writer.WriteRawValue(body);
            writer.WriteEndObject();
        }

        return JsonFrameCodec.Instance.TryReadFrame(new ReadOnlySequence<byte>(ack.WrittenMemory), out var frame)
            ? frame
            : Unavailable(command, "the answer of the server cannot be read");
    }

    private ErrorFrame RefusalOf(ClientCommand command, HttpResponseMessage response, byte[] body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            if (problem.RootElement.TryGetProperty("code", out var name) && RealtimeErrorCodes.TryParse(name.GetString(), out var code))
            {
                var detail = problem.RootElement.TryGetProperty("detail", out var text) ? text.GetString() : null;
                TimeSpan? after = problem.RootElement.TryGetProperty("retryAfter", out var wait) && wait.TryGetInt64(out var ms)
                    ? TimeSpan.FromMilliseconds(ms)
                    : null;
                return new ErrorFrame(command.Id, null, new RealtimeError(code, detail ?? "", after));
            }
        }
        catch (JsonException)
        {
            // Not the server's own answer, but that of something on the way.
        }

        return Unavailable(command, EndOf(response).Reason);
    }

    private static ErrorFrame Unavailable(ClientCommand command, string detail) =>
        new(command.Id, null, new RealtimeError(RealtimeErrorCode.Unavailable, detail));
}
