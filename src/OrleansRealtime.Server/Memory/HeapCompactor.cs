using OrleansRealtime.Edge;

namespace OrleansRealtime.Server.Memory;

/// <summary>Compacts the heap when <see cref="QuietRule"/> says so, and gives what becomes free back to the system.</summary>
internal sealed partial class HeapCompactor(EdgeNode node, TimeProvider clock, ILogger<HeapCompactor> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = clock.GetTimestamp();
        var rule = new QuietRule(TimeSpan.Zero);
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (rule.Look(Activity(), GC.GetTotalMemory(forceFullCollection: false), clock.GetElapsedTime(started)))
                {
                    Compact();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, and its memory with it.
        }
    }

    private NodeActivity Activity()
    {
        var opened = node.OpenedCount;
        return new NodeActivity(
            opened + (opened - node.Connections.Count), node.Metrics.TotalPublicationsOut, node.Metrics.TotalBytesIn);
    }

    private void Compact()
    {
        var before = Environment.WorkingSet;
        var began = clock.GetTimestamp();

        // A collection in the background compacts nothing, and any milder one keeps what it freed for what might come.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Compacted(logger, before >> 20, Environment.WorkingSet >> 20, clock.GetElapsedTime(began).TotalMilliseconds);
    }

    [LoggerMessage(5050, LogLevel.Information, "Compacted the heap while nothing went on: {Before} MB of memory became {After} MB, in {Milliseconds:0} ms")]
    private static partial void Compacted(ILogger logger, long before, long after, double milliseconds);
}
