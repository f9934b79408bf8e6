namespace OrleansRealtime.Server.Metrics;

/// <summary>What Prometheus is told that a family is.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>A level that goes up and down.</summary>
    Gauge,

    /// <summary>How values are distributed over buckets.</summary>
    Histogram,
}
