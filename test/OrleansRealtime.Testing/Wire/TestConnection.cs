using System.Buffers;
using System.Net.Sockets;
using OrleansRealtime.Protocol;
using Xunit.Sdk;

namespace OrleansRealtime.Testing.Wire;

/// <summary>A client that sends and reads exactly what a test says. For one test flow; not safe for concurrent use.</summary>
/// <remarks>
/// Nothing is read unless the test waits for something, so a test controls its own slowness. What comes while waiting for
/// something else is kept, in order, for later waits. Pings are answered while reading unless
/// <see cref="AnswersPings"/> is false.
/// </remarks>
public sealed partial class TestConnection : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly ServerFrameReader _reader;
    private readonly TestConnectionOptions _options;
    private readonly List<ServerFrame> _unclaimed = [];
    private readonly Queue<string> _seen = new();
    private CloseReason? _closed;
    private long _lastId;

    private TestConnection(Stream stream, TestConnectionOptions options, HandshakeResponse handshake)
    {
        _stream = stream;
        _reader = new ServerFrameReader(stream, handshake.Headers.ContainsKey("Sec-WebSocket-Extensions"));
        _options = options;
        Handshake = handshake;
    }

    /// <summary>How the server answered the handshake.</summary>
    public HandshakeResponse Handshake { get; }

    /// <summary>Whether pings are answered while the test reads.</summary>
    public bool AnswersPings { get; set; } = true;

    /// <summary>How many pings came so far.</summary>
    public int PingsSeen { get; private set; }

    /// <summary>How many bytes were read from the socket after the handshake.</summary>
    public long BytesRead => _reader.BytesRead;

    /// <summary>Frames that came while the test waited for others, oldest first.</summary>
    public IReadOnlyList<ServerFrame> Unclaimed => _unclaimed;

    /// <summary>Sends any bytes.</summary>
    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(_options.Patience);
        await _stream.WriteAsync(bytes, patience.Token);
        await _stream.FlushAsync(patience.Token);
    }

    /// <summary>Sends frames, in one write.</summary>
    public Task SendFramesAsync(params ClientFrame[] frames) => SendBytesAsync(ClientFrame.ToBytes(frames));

    /// <summary>Sends one text message.</summary>
    public Task SendTextAsync(string text) => SendFramesAsync(ClientFrame.Text(text));

    /// <summary>Sends commands, in one write.</summary>
    public Task SendAsync(params ClientCommand[] commands) =>
        SendFramesAsync([.. commands.Select(FrameOf)]);

    /// <summary>Reads at most so many bytes from the socket and keeps them for later.</summary>
    /// <returns>How many came; 0 at the end.</returns>
    public async Task<int> PullAsync(int maxBytes)
    {
        using var patience = new CancellationTokenSource(_options.Patience);
        return await _reader.FillAsync(maxBytes, patience.Token);
    }

    /// <summary>The next data frame as it came, whatever it says; null when the server has closed.</summary>
    public async Task<RawFrame?> NextRawAsync()
    {
        while (_closed is null && await ReadRawAsync("a message") is { } raw)
        {
            if (raw.Opcode is 1 or 2)
            {
                return raw;
            }

            await TakeAsync(raw);
        }

        return null;
    }

    /// <summary>The next WebSocket frame, a control frame too, and not answered; null at the end of the stream.</summary>
    public Task<RawFrame?> NextWireFrameAsync() => ReadRawAsync("a WebSocket frame");

    /// <summary>Ends the stream to the server, and goes on reading.</summary>
    public void EndWrites() => ((NetworkStream)_stream).Socket.Shutdown(SocketShutdown.Send);

    /// <summary>The next frame of the protocol, kept or new.</summary>
    public Task<ServerFrame> NextAsync() => AwaitAsync<ServerFrame>("any frame", static _ => true);

    /// <summary>The first frame of a type, kept or new.</summary>
    public Task<TFrame> AwaitAsync<TFrame>()
        where TFrame : ServerFrame => AwaitAsync<TFrame>(typeof(TFrame).Name, static _ => true);

    /// <summary>The first frame of a type that matches, kept or new.</summary>
    /// <param name="expectation">What is expected, for the failure.</param>
    /// <param name="match">Whether a frame is it.</param>
    public async Task<TFrame> AwaitAsync<TFrame>(string expectation, Func<TFrame, bool> match)
        where TFrame : ServerFrame
    {
        var index = _unclaimed.FindIndex(frame => frame is TFrame candidate && match(candidate));
        if (index >= 0)
        {
            var kept = (TFrame)_unclaimed[index];
            _unclaimed.RemoveAt(index);
            return kept;
        }

        while (true)
        {
            var frame = await ReadAsync(expectation) ?? throw Missing(expectation, "the server closed");
            if (frame is TFrame candidate && match(candidate))
            {
                return candidate;
            }

            _unclaimed.Add(frame);
        }
    }

    /// <summary>Reads until the server closes, and answers it.</summary>
    /// <returns>The close frame's reason; code 1006 when the socket ended without one.</returns>
    public async Task<CloseReason> AwaitCloseAsync()
    {
        while (await ReadAsync("a close frame") is { } frame)
        {
            _unclaimed.Add(frame);
        }

        return _closed!;
    }

    /// <summary>Sends a ping and waits for its pong: all that was sent before has been read by the server.</summary>
    public async Task<RawFrame> PingAsync(byte[] payload)
    {
        await SendFramesAsync(ClientFrame.Ping(payload));
        while (true)
        {
            var raw = await ReadRawAsync("a pong") ?? throw Missing("a pong", "the socket ended");
            if (raw.Opcode == 10 && raw.Payload.AsSpan().SequenceEqual(payload))
            {
                return raw;
            }

            if (await TakeAsync(raw) is { } frame)
            {
                _unclaimed.Add(frame);
            }
        }
    }

    /// <summary>Resets the connection, as a crash or a cut cable does sooner or later.</summary>
    public void Abort() => _stream.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private ClientFrame FrameOf(ClientCommand command)
    {
        var output = new ArrayBufferWriter<byte>();
        _options.Codec.WriteCommand(command, output);
        return new ClientFrame(_options.Codec.IsBinary ? 2 : 1, output.WrittenSpan.ToArray());
    }

    // The next frame of the protocol, or null when the server has closed.
    private async Task<ServerFrame?> ReadAsync(string expectation)
    {
        while (_closed is null)
        {
            var raw = await ReadRawAsync(expectation);
            if (raw is null)
            {
                _closed = new CloseReason(1006, "the socket ended without a close frame");
            }
            else if (await TakeAsync(raw) is { } frame)
            {
                return frame;
            }
        }

        return null;
    }

    private async Task<ServerFrame?> TakeAsync(RawFrame raw)
    {
        switch (raw.Opcode)
        {
            case 8:
                _closed = raw.CloseReason;
                await TryAnswerAsync(new ClientFrame(8, raw.Payload));
                return null;
            case 9:
                PingsSeen++;
                await TryAnswerAsync(AnswersPings ? ClientFrame.Pong(raw.Payload) : null);
                return null;
            case 10:
                return null;
            default:
                var isOfCodec = raw.Opcode == (_options.Codec.IsBinary ? 2 : 1);
                return isOfCodec && _options.Codec.TryReadFrame(new ReadOnlySequence<byte>(raw.Payload), out var frame)
                    ? frame
                    : throw new XunitException($"The server sent what is no frame: {raw}");
        }
    }

    private async Task TryAnswerAsync(ClientFrame? answer)
    {
        if (answer is null)
        {
            return;
        }

        try
        {
            await SendFramesAsync(answer);
        }
        catch (IOException)
        {
            // The server may be gone as soon as it has closed; what it said was read.
        }
    }

    private async Task<RawFrame?> ReadRawAsync(string expectation)
    {
        using var patience = new CancellationTokenSource(_options.Patience);
        try
        {
            var raw = await _reader.ReadAsync(patience.Token);
            Remember(raw?.ToString() ?? "(end)");
            return raw;
        }
        catch (OperationCanceledException)
        {
            throw Missing(expectation, $"nothing came for {_options.Patience.TotalSeconds} s");
        }
        catch (IOException)
        {
            Remember("(reset)");
            return null;
        }
    }

    private void Remember(string line)
    {
        _seen.Enqueue(line.Length <= 300 ? line : line[..300] + "…");
        if (_seen.Count > 20)
        {
            _seen.Dequeue();
        }
    }

    private XunitException Missing(string expectation, string why) =>
        new($"Expected {expectation}, but {why}{(_closed is null ? "" : $" with {_closed.Code} {_closed.Reason}")}. "
            + $"Last seen:{Environment.NewLine}{string.Join(Environment.NewLine, _seen)}");
}
