using OrleansRealtime.Runtime.Grains.Delivery;

namespace OrleansRealtime.Runtime.Grains.Membership;

/// <summary>
/// Keeps a silo that shuts down until what its actors said last is on its way: that they are gone, so that edges elsewhere attach
/// again at once.
/// </summary>
internal sealed class LastWords(EdgeRouter router) : ILifecycleParticipant<ISiloLifecycle>
{
    // The first stage after the actors went down; messages still leave the silo.
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(LastWords),
        ServiceLifecycleStage.GrainDeactivation - 1,
        static _ => Task.CompletedTask,
        StopAsync);

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await router.WhenIdle().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // No more time: renewals find what was not said.
        }
    }
}
