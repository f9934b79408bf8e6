using System.Diagnostics;
using OrleansRealtime.Edge;
using OrleansRealtime.Server.Metrics;

namespace OrleansRealtime.Server.Operators;

/// <summary>Takes samples of this node, and keeps the last minutes of them. Used by one loop.</summary>
internal sealed class NodeSampler
{
    // Five minutes: what the console's charts show.
    private const int MaxPoints = 300;

    private const string Edge = "orleansrealtime_edge_";
    private const string Runtime = "orleansrealtime_runtime_";

    private readonly MetricsCollector _collector;
    private readonly EdgeNode _node;
    private readonly TimeProvider _clock;
    private readonly long _startedAt;
    private readonly Queue<double?[]> _past = new(MaxPoints);
    private MetricsReading _last;
    private long _lastTimestamp;
    private TimeSpan _lastCpu;

    /// <summary>Creates it; what the first sample says of rates is since now.</summary>
    public NodeSampler(MetricsCollector collector, EdgeNode node, TimeProvider clock)
    {
        _collector = collector;
        _node = node;
        _clock = clock;
        _startedAt = new DateTimeOffset(Process.GetCurrentProcess().StartTime).ToUnixTimeMilliseconds();
        _last = MetricsReading.Of(collector);
        _lastTimestamp = clock.GetTimestamp();
        _lastCpu = Environment.CpuUsage.TotalTime;
    }

    /// <summary>The last minutes.</summary>
    public PastPoints Past => new([.. _past]);

    /// <summary>Takes a sample, and adds its point to the past.</summary>
    public NodeSample Take()
    {
        var reading = MetricsReading.Of(_collector);
        var timestamp = _clock.GetTimestamp();
        var cpu = Environment.CpuUsage.TotalTime;
        var seconds = Math.Max(0.001, _clock.GetElapsedTime(_lastTimestamp, timestamp).TotalSeconds);
        var sample = Make(reading, seconds, (cpu - _lastCpu).TotalSeconds / seconds);
        (_last, _lastTimestamp, _lastCpu) = (reading, timestamp, cpu);
        if (_past.Count == MaxPoints)
        {
            _past.Dequeue();
        }

        _past.Enqueue(
        [
            sample.At, Round(sample.Rates.In), Round(sample.Rates.Out), sample.Delivery.P50, sample.Delivery.P99,
            sample.Connections.Values.Sum(),
        ]);
        return sample;
    }

    private NodeSample Make(MetricsReading now, double seconds, double cpu)
    {
        double Rate(string family) => Round(Math.Max(0, now.Sum(Edge + family) - _last.Sum(Edge + family)) / seconds);

        return new NodeSample(
            _node.Id.Value,
            _clock.GetUtcNow().ToUnixTimeMilliseconds(),
            _startedAt,
            _node.IsDraining,
            Together(now.ByLabel(Edge + "connections")),
            _node.Connections.UserCount,
            _node.Attachments.Count,
            _node.Attachments.All.Sum(static attachment => attachment.Holders),
            new NodeRates(
                Rate("publications_in_total"), Rate("publications_out_total"), Rate("bytes_in_total"), Rate("bytes_out_total")),
            now.SpreadSince(Edge + "delivery_duration_seconds", _last, 1000),
            now.SpreadSince(Runtime + "turn_duration_seconds", _last, 1000),
            now.Sum(Edge + "opens_total"),
            Together(now.ByLabel(Edge + "closes_total")),
            Together([.. now.ByLabel(Edge + "refusals_total"), .. now.ByLabel(Edge + "handshakes_refused_total", "http ")]),
            Together(now.ByLabel(Edge + "recoveries_total")),
            Together([
                .. now.ByLabel(Edge + "catchups_total", "catchup"),
                .. now.ByLabel(Edge + "gaps_total", "gap "),
                .. now.ByLabel(Edge + "drops_total", "drop "),
            ]),
            now.Sum(Edge + "queued_bytes"),
            Together(now.ByLabel(Runtime + "activations")),
            Round(cpu),
            Environment.WorkingSet);
    }

    // Two series can have the same first label, and then differ in another.
    private static Dictionary<string, double> Together(IEnumerable<KeyValuePair<string, double>> values) =>
        values
            .GroupBy(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.Sum(), StringComparer.Ordinal);

    private static double Round(double value) => Math.Round(value, 3);
}
