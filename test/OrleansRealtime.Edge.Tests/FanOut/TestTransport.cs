using System.Buffers;
using System.Text;
using System.Threading.Channels;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>A carrier whose reader is the test, and stands still when the test says so.</summary>
internal sealed class TestTransport : ITransport
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Lock _lock = new();
    private TaskCompletionSource? _held;
    private int _writes;

    public TestTransport(LineFormat? format = null, TransportKind kind = TransportKind.WebSocket)
    {
        Format = format ?? new LineFormat();
        Kind = kind;
    }

    public TransportKind Kind { get; }

    public FrameFormat Format { get; }

    public int Writes => Volatile.Read(ref _writes);

    public bool IsAborted { get; private set; }

    public bool IsCompleted { get; private set; }

    public int PingsSeen { get; private set; }

    public int? CloseCode { get; private set; }

    /// <summary>The peer stops reading: the next write stays in flight.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The peer reads on.</summary>
    public void Release()
    {
        TaskCompletionSource? held;
        lock (_lock)
        {
            held = _held;
            _held = null;
        }

        held?.SetResult();
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _writes);
        Task? held;
        lock (_lock)
        {
            held = _held?.Task;
        }

        // What a peer that stands still was sent is in its kernel's buffer: it is read later, and in order.
        foreach (var line in Encoding.UTF8.GetString(bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            _lines.Writer.TryWrite(line);
        }

        if (held is not null)
        {
            await held;
        }
    }

    public void Abort() => IsAborted = true;

    public void CompleteWrites() => IsCompleted = true;

    /// <summary>The next frame.</summary>
    public async Task<ServerFrame> NextAsync()
    {
        while (true)
        {
            using var patience = new CancellationTokenSource(Patience);
            var line = await _lines.Reader.ReadAsync(patience.Token);
            if (Read(line) is { } frame)
            {
                return frame;
            }
        }
    }

    /// <summary>The next frame, which must be of a type.</summary>
    public async Task<TFrame> NextAsync<TFrame>()
        where TFrame : ServerFrame => Assert.IsType<TFrame>(await NextAsync());

    /// <summary>All frames that were written so far.</summary>
    public IReadOnlyList<ServerFrame> Drain()
    {
        var frames = new List<ServerFrame>();
        while (_lines.Reader.TryRead(out var line))
        {
            if (Read(line) is { } frame)
            {
                frames.Add(frame);
            }
        }

        return frames;
    }

    private ServerFrame? Read(string line)
    {
        if (line == LineFormat.Ping)
        {
            PingsSeen++;
            return null;
        }

        if (line.StartsWith(LineFormat.Close, StringComparison.Ordinal))
        {
            CloseCode = int.Parse(line[LineFormat.Close.Length..], System.Globalization.CultureInfo.InvariantCulture);
            return null;
        }

        Assert.True(Format.Codec.TryReadFrame(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line)), out var frame), line);
        return frame;
    }
}
