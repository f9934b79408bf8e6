using System.Buffers;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.ServerSentEvents;

namespace OrleansRealtime.Edge.Tests.ServerSentEvents;

/// <summary>An event stream whose bytes are kept, and whose reader stands still when the test says so.</summary>
internal sealed class RecordingTransport : ITransport
{
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private TaskCompletionSource? _held;

    public TransportKind Kind => TransportKind.ServerSentEvents;

    public FrameFormat Format => EventStreamFormat.Instance;

    public byte[] Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes.WrittenSpan.ToArray();
            }
        }
    }

    /// <summary>The reader stops: the next write stays in flight.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The reader goes on.</summary>
    public void Release()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _bytes.Write(bytes.Span);
        }

        return _held is { } held ? new ValueTask(held.Task) : ValueTask.CompletedTask;
    }

    public void Abort()
    {
    }

    public void CompleteWrites()
    {
    }
}
