using System.Buffers;

namespace OrleansRealtime.Protocol;

/// <summary>A message as one span, copied into a rented buffer when it came in several segments.</summary>
/// <remarks>
/// Most messages lie in one segment and are read where they are. Reading the others through a sequence would cost a copy
/// for every token that crosses a border, and an allocation for some; one copy into a rented buffer is cheaper.
/// </remarks>
internal readonly ref struct FlatMessage : IDisposable
{
    private readonly byte[]? _rented;

    public FlatMessage(in ReadOnlySequence<byte> message)
    {
        if (message.IsSingleSegment)
        {
            Span = message.FirstSpan;
            return;
        }

        var length = checked((int)message.Length);
        _rented = ArrayPool<byte>.Shared.Rent(length);
        message.CopyTo(_rented);
        Span = _rented.AsSpan(0, length);
    }

    public ReadOnlySpan<byte> Span { get; }

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }
}
