namespace OrleansRealtime.LoadTest.Reporting;

/// <summary>What of a run is worth a table and a picture on the first page. Pure.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Unit">Of its values.</param>
/// <param name="Scenario">Where it was measured.</param>
/// <param name="Figure">Under which name.</param>
/// <param name="Scale">What a value is multiplied with to be in the unit.</param>
internal sealed record Summary(string Title, string Unit, string Scenario, string Figure, double Scale = 1)
{
    /// <summary>All of them; less is better in each.</summary>
    public static IReadOnlyList<Summary> All { get; } =
    [
        new("Saturated fan-out: CPU per delivery", "µs", "saturated", Measuring.Figure.CpuPerDelivery),
        new("Paced fan-out: CPU per delivery", "µs", "paced", Measuring.Figure.CpuPerDelivery),
        new("Paced fan-out: latency, p99", "ms", "paced", Measuring.Figure.Latency99, 0.001),
        new("Connect and subscribe: CPU each", "µs", "connect-storm", Measuring.Figure.CpuPerConnect),
        new("Idle connection: memory of the server", "KiB", "idle", Measuring.Figure.ServerBytes, 1.0 / 1024),
        new("Idle connection: CPU per second", "µs", "idle", Measuring.Figure.CpuIdle),
    ];

    /// <summary>The peers of a run in the order in which they are shown, each with what people call it.</summary>
    public static IReadOnlyList<(string Peer, string Title)> Peers { get; } =
    [
        ("ours", "OrleansRealtime"),
        ("bun", "Bun (uWebSockets)"),
        ("ws", "ws (Node.js)"),
        ("socketio", "Socket.IO"),
        ("kestrel", "Kestrel, no protocol"),
        ("signalr", "SignalR"),
    ];

    /// <summary>Those that a run has of ours.</summary>
    public static IReadOnlyList<Summary> Of(BenchResults run) => [.. All.Where(summary => summary.Value(run, Peers[0].Peer) is not null)];

    /// <summary>The value of a peer; null when it was not measured.</summary>
    public double? Value(BenchResults run, string peer) => run.Median(Scenario, peer, Figure) * Scale;

    /// <summary>A table in Markdown: a row each, a column per peer.</summary>
    public static string Table(BenchResults run)
    {
        var peers = Peers.Where(peer => All.Any(summary => summary.Value(run, peer.Peer) is not null)).ToList();
        return string.Join(
            Environment.NewLine,
            [
                $"| medians; less is better | {string.Join(" | ", peers.Select(static peer => peer.Title))} |",
                $"| --- |{string.Concat(peers.Select(static _ => " ---: |"))}",
                .. Of(run).Select(summary => $"| {summary.Title}, {summary.Unit} | {string.Join(" | ", peers.Select(peer => summary.Cell(run, peer.Peer)))} |"),
            ]);
    }

    private string Cell(BenchResults run, string peer) => Value(run, peer) is { } value ? Numbers.Text(value) : "";
}
