using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Benchmarks.Shared;

/// <summary>A carrier that counts what it is given, and takes it at once until its peer stops reading.</summary>
internal sealed class FixedTransport(FrameFormat format) : ITransport
{
    private readonly TaskCompletionSource _never = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Writes { get; private set; }

    public bool IsStalled { get; set; }

    public TransportKind Kind => TransportKind.WebSocket;

    public FrameFormat Format => format;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Writes++;
        return IsStalled ? new ValueTask(_never.Task) : ValueTask.CompletedTask;
    }

    public void Abort()
    {
    }

    public void CompleteWrites()
    {
    }
}
