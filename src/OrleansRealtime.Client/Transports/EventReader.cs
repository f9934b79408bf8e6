using System.Buffers;
using System.Text;
using System.Text.Json;
using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Protocol;
using OrleansRealtime.Protocol.Json;

namespace OrleansRealtime.Client.Transports;

/// <summary>Reads frames out of an event stream (HTML standard, section 9.2). The id of the last event goes with the stream.</summary>
internal sealed class EventReader(Stream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream, Encoding.UTF8);
    private readonly StringBuilder _data = new();

    /// <summary>Why the server ended the stream, if it said so.</summary>
    public LinkEnd? Close { get; private set; }

    /// <summary>The id to come back with, or null before the first.</summary>
    public string? LastEventId { get; private set; }

    public void Dispose() => _reader.Dispose();

    /// <summary>
    /// The next frame; a comment counts as a sign of life, which is what a <c>pong</c> is. Null at the end of the stream.
    /// </summary>
    public async ValueTask<ServerFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        while (await _reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(':'))
            {
                return new PongFrame(default, default);
            }

            if (line.Length > 0)
            {
                OnField(line);
            }
            else if (TakeFrame() is { } frame)
            {
                return frame;
            }
        }

        return null;
    }

    private void OnField(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var value = colon < 0 ? "" : line[(colon + 1)..];
        value = value.StartsWith(' ') ? value[1..] : value;
        switch (colon < 0 ? line : line[..colon])
        {
            case "data":
                _data.Append(value).Append('\n');
                break;
            case "id":
                LastEventId = value;
                break;
        }
    }

    private ServerFrame? TakeFrame()
    {
        var json = Encoding.UTF8.GetBytes(_data.ToString());
        _data.Clear();
        Close = json.Length > 0 ? TryReadClose(json) ?? Close : Close;
        return json.Length > 0 && JsonFrameCodec.Instance.TryReadFrame(new ReadOnlySequence<byte>(json), out var frame)
            ? frame
            : null;
    }

    // A stream has no close frame, so its last event carries the code.
    private static LinkEnd? TryReadClose(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("type", out var type) && type.ValueEquals("close")
                && root.TryGetProperty("payload", out var payload) && payload.TryGetProperty("code", out var code)
                ? LinkEnd.Closed(code.GetInt32(), payload.TryGetProperty("reason", out var reason) ? reason.GetString() ?? "" : "")
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
