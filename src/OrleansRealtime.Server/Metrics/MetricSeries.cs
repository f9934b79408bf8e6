namespace OrleansRealtime.Server.Metrics;

/// <summary>One line of a family, or the lines of one histogram: a set of labels and what was measured. Safe for concurrent use.</summary>
internal sealed class MetricSeries
{
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly double[] _bounds;
    private readonly long[] _buckets;
    private long _whole;
    private double _fraction;

    /// <summary>Creates a series at zero.</summary>
    /// <param name="tags">Its labels, as the instrument gives them.</param>
    /// <param name="bounds">The upper bounds of its buckets, ascending and without infinity; empty when it is no histogram.</param>
    public MetricSeries(ReadOnlySpan<KeyValuePair<string, object?>> tags, double[] bounds)
    {
        _tags = tags.ToArray();
        _bounds = bounds;
        _buckets = new long[bounds.Length + 1];
    }

    /// <summary>Its labels.</summary>
    public ReadOnlySpan<KeyValuePair<string, object?>> Tags => _tags;

    /// <summary>The value, or the sum of a histogram.</summary>
    public double Value => Interlocked.Read(ref _whole) + Volatile.Read(ref _fraction);

    /// <summary>The upper bounds of the buckets.</summary>
    public ReadOnlySpan<double> Bounds => _bounds;

    /// <summary>How many values fell into the bucket of this index; the last one is for those above all bounds.</summary>
    public long InBucket(int index) => Interlocked.Read(ref _buckets[index]);

    /// <summary>Whether these are its labels.</summary>
    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length != _tags.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i].Key != _tags[i].Key || !Equals(tags[i].Value, _tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds to the value.</summary>
    public void Add(long value) => Interlocked.Add(ref _whole, value);

    /// <summary>Adds to the value.</summary>
    public void Add(double value)
    {
        var seen = Volatile.Read(ref _fraction);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _fraction, seen + value, seen);
            // Bits, not numbers: NaN never equals itself, and one such measurement would turn this into an endless loop.
            if (BitConverter.DoubleToInt64Bits(before) == BitConverter.DoubleToInt64Bits(seen))
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>Counts a value into its bucket.</summary>
    public void Count(double value)
    {
        var index = 0;
        while (index < _bounds.Length && value > _bounds[index])
        {
            index++;
        }

        Interlocked.Increment(ref _buckets[index]);
    }
}
