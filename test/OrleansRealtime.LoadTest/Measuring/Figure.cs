namespace OrleansRealtime.LoadTest.Measuring;

/// <summary>The names of what is measured, as results and bars know them; each says its unit.</summary>
internal static class Figure
{
    public const string DeliveriesPerSecond = "deliveries per second";
    public const string CpuPerDelivery = "server µs per delivery";
    public const string CpuPerPublication = "server µs per publication";
    public const string LatencyMedian = "latency p50 µs";
    public const string Latency99 = "latency p99 µs";
    public const string Latency999 = "latency p99.9 µs";
    public const string ServerBytes = "server bytes per connection";
    public const string KernelBytes = "kernel bytes per connection";
    public const string CpuIdle = "server µs per connection and second";
    public const string ServerReady = "seconds until the server is ready";
    public const string ConnectsPerSecond = "connects per second";
    public const string CpuPerConnect = "server µs per connect";
    public const string Connect99 = "connect p99 ms";
    public const string WarmConnectsPerSecond = "connects per second, second wave";
    public const string CpuPerWarmConnect = "server µs per connect, second wave";
    public const string SecondsUntilLive = "seconds until all are live";
    public const string CpuPerResume = "server µs per resume";
    public const string LogReadsPerChannel = "log reads per channel";
    public const string ServerStart = "seconds until the server is back";
    public const string StalledRatio = "p99 with stalled readers ÷ without";
    public const string StalledLatency99 = "latency p99 µs, with stalled readers";
    public const string PublicationsPerSecond = "publications per second";
    public const string BareRowsPerSecond = "rows of a bare loop per second";
    public const string ShareOfThatRate = "share of that rate";
    public const string RowsPerTransaction = "rows per transaction";
    public const string AckMedian = "ack p50 µs";
    public const string Ack99 = "ack p99 µs";
    public const string ShareOfBareRate = "share of the bare insert rate, 256 in flight";

    public const string Lost = "lost";
    public const string Doubled = "doubled or reordered";
    public const string ConnectionsLost = "connections lost";
    public const string TimedOut = "timed out";
    public const string NotWhole = "came back without exactly what they missed";

    /// <summary>What fails a run of ours when it is not zero.</summary>
    public static IReadOnlyList<string> MustBeZero { get; } = [Lost, Doubled, ConnectionsLost, TimedOut, NotWhole];
}
