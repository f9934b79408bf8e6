using System.Diagnostics.Metrics;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>What the store measures: the meter <c>orleansrealtime.storage</c>. Safe for concurrent use.</summary>
internal sealed class StorageMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "orleansrealtime.storage";

    private readonly Meter _meter;
    private readonly Histogram<int> _publications;
    private readonly Histogram<int> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _trimmed;
    private readonly Counter<long> _logReads;

    /// <summary>Creates the meter.</summary>
    public StorageMetrics(IMeterFactory? factory)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _publications = _meter.CreateHistogram<int>(
            "orleansrealtime.storage.append.batch", "{publication}", "Publications appended by one transaction.");
        _requests = _meter.CreateHistogram<int>(
            "orleansrealtime.storage.transaction.requests", "{request}", "Requests answered by one transaction.");
        _duration = _meter.CreateHistogram<double>(
            "orleansrealtime.storage.transaction.duration", "s", "From the begin of a transaction to its commit.");
        _failures = _meter.CreateCounter<long>(
            "orleansrealtime.storage.transaction.failures", "{transaction}", "Transactions that failed, by fault.");
        _trimmed = _meter.CreateCounter<long>(
            "orleansrealtime.storage.trimmed", "{row}", "Publications and message ids deleted by retention.");
        _logReads = _meter.CreateCounter<long>(
            "orleansrealtime.storage.log.reads", "{query}", "Queries for publications of a channel's log.");
    }

    /// <summary>A transaction was committed.</summary>
    public void Committed(int publications, int requests, TimeSpan duration)
    {
        if (publications > 0)
        {
            _publications.Record(publications);
        }

        _requests.Record(requests);
        _duration.Record(duration.TotalSeconds);
    }

    /// <summary>A transaction failed.</summary>
    public void Failed(StorageFault fault) => _failures.Add(1, new KeyValuePair<string, object?>("fault", fault.ToString()));

    /// <summary>Rows were deleted by retention.</summary>
    public void Trimmed(long rows) => _trimmed.Add(rows);

    /// <summary>The log of a channel is asked for publications.</summary>
    public void ReadsLog() => _logReads.Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
