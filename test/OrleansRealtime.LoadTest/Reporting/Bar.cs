using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Peers;

namespace OrleansRealtime.LoadTest.Reporting;

/// <summary>What our server has to reach in a run. Immutable; decides from medians only.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Limit">How far it may go, or has to.</param>
/// <param name="IsAtLeast">Whether the limit is a floor; otherwise it is a ceiling.</param>
/// <param name="Value">The value in a run; null when it was not measured.</param>
internal sealed record Bar(string Name, double Limit, bool IsAtLeast, Func<BenchResults, double?> Value)
{
    private const string Ours = Peer.OursName;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Bar> All { get; } =
    [
        Ratio("saturated, CPU per delivery ÷ Bun's", 1.1, "saturated", Figure.CpuPerDelivery, "bun"),
        Ratio("saturated, CPU per delivery ÷ SignalR's", 0.25, "saturated", Figure.CpuPerDelivery, "signalr"),
        Ratio("paced, CPU per delivery ÷ Bun's", 1.25, "paced", Figure.CpuPerDelivery, "bun"),
        Ratio("paced, CPU per delivery ÷ SignalR's", 0.5, "paced", Figure.CpuPerDelivery, "signalr"),
        Ratio("paced, p99 ÷ Bun's", 1.5, "paced", Figure.Latency99, "bun"),
        AtMost("idle, bytes of the server per connection", 6 * 1024, "idle", Figure.ServerBytes),
        AtMost("idle, µs per connection and second", 2.5, "idle", Figure.CpuIdle),
        new("connect storm, connects per second", 8000, true, static run => run.Median("connect-storm", Ours, Figure.ConnectsPerSecond)),
        AtMost("connect storm, CPU µs per connect", 100, "connect-storm", Figure.CpuPerConnect),
        AtMost("resume storm, seconds until all are live", 10, "resume-storm", Figure.SecondsUntilLive),
        AtMost("resume storm, reads of the log per channel", 1, "resume-storm", Figure.LogReadsPerChannel),
        ShareOfBareRate("SQLite", "durable-sqlite"),
        ShareOfBareRate("PostgreSQL", "durable-postgresql"),
        AtMost("slow readers, the others' p99 ÷ without", 1.1, "slow-readers", Figure.StalledRatio),
        Between("CPU per delivery, 15,000 subscribers ÷ 500", 1.2, Figure.CpuPerDelivery, "huge-channel", "saturated"),
        Between("CPU per publication, 5,000 channels ÷ 10", 1.3, Figure.CpuPerPublication, "many-channels", "few-channels"),
    ];

    /// <summary>Whether it is reached; null when it was not measured.</summary>
    public bool? IsReached(BenchResults run) => Value(run) is { } value ? (IsAtLeast ? value >= Limit : value <= Limit) : null;

    /// <summary>A row of a table in Markdown: what, value, limit, verdict.</summary>
    public string Row(BenchResults run) =>
        $"| {Name} | {(Value(run) is { } value ? Numbers.Text(value) : "")} | {Bound} | {(IsReached(run) is true ? "pass" : "**miss**")} |";

    private string Bound => (IsAtLeast ? "≥ " : "≤ ") + Numbers.Text(Limit);

    private static Bar AtMost(string name, double limit, string scenario, string figure) =>
        new(name, limit, false, run => run.Median(scenario, Ours, figure));

    private static Bar Ratio(string name, double limit, string scenario, string figure, string peer) =>
        new(name, limit, false, run => run.Median(scenario, Ours, figure) / run.Median(scenario, peer, figure));

    private static Bar Between(string name, double limit, string figure, string scenario, string reference) =>
        new(name, limit, false, run => run.Median(scenario, Ours, figure) / run.Median(reference, Ours, figure));

    private static Bar ShareOfBareRate(string store, string scenario) => new(
        $"durable publish, {store}, share of the bare insert rate", 0.5, true, run => run.Median(scenario, Ours, Figure.ShareOfBareRate));
}
