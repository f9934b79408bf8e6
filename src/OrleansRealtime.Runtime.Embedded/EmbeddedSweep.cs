using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>Sweeps the actors while the host runs, and takes them down when it stops.</summary>
internal sealed class EmbeddedSweep(EmbeddedRuntime runtime, IOptions<EmbeddedRuntimeOptions> options, TimeProvider time)
    : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await runtime.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // Not awaited: an actor that waits for its store must not hold up what is due elsewhere. An actor is not
                // asked again before it has answered.
                _ = runtime.SweepAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
