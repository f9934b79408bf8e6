using OrleansRealtime.LoadTest.Measuring;

namespace OrleansRealtime.LoadTest.Durable;

/// <summary>What a level came to. For one thread at a time.</summary>
internal sealed class LevelResult(Level level, bool hasIds)
{
    private readonly List<Acknowledgement> _acknowledged = [];
    private TimeSpan _elapsed;
    private TimeSpan _cpu;
    private TimeSpan _bareElapsed;
    private double _bareRows;
    private double _publications;
    private double _transactions;

    /// <summary>How much was under way.</summary>
    public Level Level => level;

    /// <summary>Whether publications had message ids.</summary>
    public bool HasIds => hasIds;

    /// <summary>From publish to acknowledgement.</summary>
    public Latencies Latencies { get; } = new();

    /// <summary>How large the server's group commit was.</summary>
    public double RowsPerTransaction => _publications / Math.Max(1, _transactions);

    /// <summary>A publication was acknowledged.</summary>
    public void Add(in Acknowledgement acknowledgement) => _acknowledged.Add(acknowledgement);

    /// <summary>It was published for so long, and the server used so much of the processors.</summary>
    public void Add(TimeSpan elapsed, TimeSpan cpu)
    {
        _elapsed += elapsed;
        _cpu += cpu;
    }

    /// <summary>The server appended so much, in so many transactions.</summary>
    public void AddTransactions(double publications, double transactions)
    {
        _publications += publications;
        _transactions += transactions;
    }

    /// <summary>The bare loop ran for so long.</summary>
    public void AddBare(double rowsPerSecond, TimeSpan elapsed)
    {
        _bareRows += rowsPerSecond * elapsed.TotalSeconds;
        _bareElapsed += elapsed;
    }

    /// <summary>What the server came to of what the bare loop did.</summary>
    public double ShareOfBareRate => PublicationsPerSecond / BareRowsPerSecond;

    private double PublicationsPerSecond => _acknowledged.Count / _elapsed.TotalSeconds;

    private double BareRowsPerSecond => _bareRows / _bareElapsed.TotalSeconds;

    /// <summary>The figures of the report.</summary>
    public Dictionary<string, double> Figures()
    {
        var name = $"{level}{(hasIds ? ", ids" : "")}: ";
        return new Dictionary<string, double>
        {
            [name + Figure.PublicationsPerSecond] = PublicationsPerSecond,
            [name + Figure.BareRowsPerSecond] = BareRowsPerSecond,
            [name + Figure.ShareOfThatRate] = ShareOfBareRate,
            [name + Figure.RowsPerTransaction] = RowsPerTransaction,
            [name + Figure.AckMedian] = Latencies.Microseconds(0.5),
            [name + Figure.Ack99] = Latencies.Microseconds(0.99),
            [name + Figure.CpuPerPublication] = _cpu.TotalMicroseconds / Math.Max(1, _acknowledged.Count),
        };
    }

    /// <summary>How many of what was acknowledged are not stored, are something else, or have the place of another.</summary>
    public long CountMissing(IReadOnlyDictionary<(string Channel, long Sequence), long> stored) =>
        _acknowledged.Count - _acknowledged.DistinctBy(static ack => (ack.Channel, ack.Sequence)).LongCount()
        + _acknowledged.LongCount(ack => stored.GetValueOrDefault((ack.Channel, ack.Sequence), -1) != ack.Number);
}
