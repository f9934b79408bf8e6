using System.Numerics;

namespace OrleansRealtime.Edge;

/// <summary>A number that many threads add to at once and that is read rarely. Safe for concurrent use.</summary>
/// <remarks>Threads add to cells of their own, so that counting on one core rarely takes the cache line from another.</remarks>
internal sealed class StripedCounter
{
    // Two lines of 64 bytes: processors fetch them in pairs.
    private const int Stride = 128 / sizeof(long);

    // More threads than cells share them; four times the cores, so that those which run at the same time rarely do.
    private static readonly int Cells = (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 4);

    private static int _lastThread;

    [ThreadStatic]
    private static int _threadOffset;

    // One stride more, so that no cell shares a line with the length of the array.
    private readonly long[] _cells = new long[(Cells + 1) * Stride];

    /// <summary>What was added so far; what is being added at the same time may be missing.</summary>
    public long Value
    {
        get
        {
            long sum = 0;
            for (var i = Stride; i < _cells.Length; i += Stride)
            {
                sum += Interlocked.Read(ref _cells[i]);
            }

            return sum;
        }
    }

    /// <summary>Adds to it.</summary>
    public void Add(long count)
    {
        var offset = _threadOffset;
        Interlocked.Add(ref _cells[offset != 0 ? offset : AssignOffset()], count);
    }

    private static int AssignOffset() =>
        _threadOffset = ((Interlocked.Increment(ref _lastThread) & (Cells - 1)) + 1) * Stride;
}
