using System.Diagnostics;
using System.Numerics;

namespace OrleansRealtime.LoadTest.Measuring;

/// <summary>How long publications took, in buckets that are at most 3 % wide. For one thread.</summary>
internal sealed class Latencies
{
    private const int BucketsPerDoubling = 32;

    private readonly long[] _counts = new long[64 * BucketsPerDoubling];
    private long _count;

    /// <summary>How many there are.</summary>
    public long Count => _count;

    /// <summary>Counts one, in ticks of <see cref="Stopwatch"/>.</summary>
    public void Add(long ticks)
    {
        _counts[IndexOf(Math.Max(ticks, 1))]++;
        _count++;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        _count = 0;
    }

    /// <summary>The upper end of the bucket in which a share of all lies, in microseconds.</summary>
    public double Microseconds(double share)
    {
        var rank = (long)Math.Ceiling(_count * share);
        for (var i = 0; i < _counts.Length; i++)
        {
            rank -= _counts[i];
            if (rank <= 0 && _count > 0)
            {
                return UpperEnd(i) * 1e6 / Stopwatch.Frequency;
            }
        }

        return 0;
    }

    private static int IndexOf(long ticks)
    {
        var doublings = BitOperations.Log2((ulong)ticks);
        var within = (int)(((double)ticks / (1L << doublings) - 1) * BucketsPerDoubling);
        return (doublings * BucketsPerDoubling) + within;
    }

    private static double UpperEnd(int index) =>
        (1L << (index / BucketsPerDoubling)) * (1 + ((index % BucketsPerDoubling) + 1.0) / BucketsPerDoubling);
}
