using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansRealtime.Runtime.Grains.Actors;
using OrleansRealtime.Runtime.Grains.Delivery;
using OrleansRealtime.Runtime.Grains.Subscribers;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>Sweeps the actors and subscribing grains of this silo, and forgets ways to edges that are no longer used, while the host runs.</summary>
internal sealed class SweepService(
    ActorSweep sweep,
    EdgeRouter router,
    SubscriberEdge subscribers,
    SubscriberWakes wakes,
    IOptions<RealtimeSiloOptions> options,
    [FromKeyedServices(RealtimeTime.Key)] TimeProvider time)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // Not awaited: an actor that waits for its store must not hold up what is due elsewhere. An actor is not
                // asked again before it has answered.
                _ = sweep.RunAsync(time.GetUtcNow());
                _ = subscribers.SweepAsync();
                wakes.Sweep();
                router.ForgetUnused();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
